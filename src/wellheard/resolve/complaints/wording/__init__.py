"""What we say to patients, as versioned data in each language, filled in safely."""

from __future__ import annotations

import json
import string
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar"})
FIRST_STRONG, END_OF_ISOLATE = "\u2068", "\u2069"


class WordingError(LookupError):
    """There is no such wording, or a value it needs was not given."""


@cache
def _edition() -> dict[str, Any]:
    newest = max(_FOLDER.glob("messages-*.json"))
    found: dict[str, Any] = json.loads(newest.read_text(encoding="utf-8"))
    return found


def wording_version() -> int:
    """Return the version number of the wording in force."""
    return int(_edition()["version"])


def languages() -> frozenset[str]:
    """Return the languages in which every wording exists."""
    rows = _edition()["words"].values()
    return frozenset.intersection(*(frozenset(row) for row in rows))


def spoken(language: str) -> str:
    """Return the language we can speak for a BCP 47 tag: "es-MX" is es, an unknown one English."""
    base = language.lower().replace("_", "-").partition("-")[0]
    return base if base in languages() else FALLBACK


def has_wording(code: str) -> bool:
    """Return whether there is a wording of that code."""
    return code in _edition()["words"]


def can_say(code: str, language: str, **values: str) -> bool:
    """Return whether every place of the wording `code` has a value."""
    return all(str(values.get(place) or "").strip() for place in places_in(text_of(code, language)))


def say(code: str, language: str, **values: str) -> str:
    """Return the wording `code` in `language` with its places filled.

    Raises WordingError when a place has no value or an empty one: a letter must never say
    "Dear None" or "call ." to anybody.
    """
    text = text_of(code, language)
    for place in places_in(text):
        if not str(values.get(place) or "").strip():
            raise WordingError(f"wording {code!r} needs a value for {place!r}")
    return text.format(**_isolated(values, language))


def _isolated(values: dict[str, str], language: str) -> dict[str, str]:
    """In a right-to-left sentence a number or a name keeps its own order.

    An address of a page stays bare: the sign would become part of it when somebody taps it.
    """
    if spoken(language) not in RIGHT_TO_LEFT:
        return values
    return {
        name: value if name == "link" else f"{FIRST_STRONG}{value}{END_OF_ISOLATE}"
        for name, value in values.items()
    }


def text_of(code: str, language: str) -> str:
    """Return the wording with its places open. Raises WordingError."""
    try:
        text: str = _edition()["words"][code][spoken(language)]
    except KeyError as error:
        raise WordingError(f"there is no wording {code!r}") from error
    return text


def places_in(text: str) -> frozenset[str]:
    """Return the names of the places to be filled in `text`."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
