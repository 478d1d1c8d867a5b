"""The versioned list of purposes."""

import json
from functools import cache
from importlib.resources import files

from wellheard.people.consent.rules import Purpose


@cache
def purposes() -> tuple[Purpose, ...]:
    """Every purpose a patient can agree to, in the order shown."""
    text = files(__package__).joinpath("purposes-2026-11.json").read_text(encoding="utf-8")
    return tuple(Purpose(**row) for row in json.loads(text)["purposes"])


def purpose_codes() -> frozenset[str]:
    """The codes of `purposes()`."""
    return frozenset(purpose.code for purpose in purposes())
