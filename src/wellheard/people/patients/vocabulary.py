"""The versioned word lists this feature reads."""

import json
from functools import cache
from importlib.resources import files


@cache
def name_placeholders() -> frozenset[str]:
    """Casefolded words that stand where a name is missing."""
    text = files(__package__).joinpath("placeholders-2026-11.json").read_text(encoding="utf-8")
    return frozenset(json.loads(text)["words"])
