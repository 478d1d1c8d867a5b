"""The instruments that are shipped, and those an organisation has approved for itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from wellheard.listen.surveys.rules import Instrument, Item, read_instrument

__all__ = ["Instrument", "Item", "NoInstrumentError", "instrument", "shipped"]

_FILE = re.compile(r"([a-z_]+)-(\d+)\.json")


class NoInstrumentError(LookupError):
    """There is no instrument of this code, or not in this version."""


@cache
def shipped() -> Mapping[tuple[str, int], Instrument]:
    """Every instrument that comes with the product, by (code, version)."""
    found = {}
    for entry in files(__package__).joinpath("data").iterdir():
        if (name := _FILE.fullmatch(entry.name)) and not entry.name.startswith("metrics"):
            read = read_instrument(json.loads(entry.read_text(encoding="utf-8")))
            if (read.code, str(read.version)) != name.groups():
                raise NoInstrumentError(f"{entry.name} holds {read.code} {read.version}")
            found[read.code, read.version] = read
    return found


def instrument(
    code: str, version: int | None = None, *, organisation_id: int | None = None
) -> Instrument:
    """The instrument; without ``version`` the newest in force. Raises NoInstrumentError.

    With ``organisation_id`` the versions that organisation has approved count too.
    """
    known = {v: each for (c, v), each in shipped().items() if c == code}
    wanted = version if version is not None else max(known, default=0)
    if wanted not in known:
        raise NoInstrumentError(f"{code} {'' if version is None else version}".strip())
    return known[wanted]
