"""What is looked for among comments, as a value that an address can carry (never the words)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from urllib.parse import urlencode

_MOODS = frozenset({"praise", "mixed", "trouble"})
_MARKS = frozenset({"low", "middle", "high"})
_ANSWERS = frozenset({"best", "rest"})


@dataclass(frozen=True, slots=True)
class Find:
    """Comments with words that fit all that is set.

    ``since`` to ``until``: days, both included. ``mark``: the mark on the card in thirds of its
    scale. ``measure`` and ``answers``: those whose writer gave one of the measure's best answers,
    or another. ``words``: the key of the words that are kept apart.
    """

    words: str = ""
    theme: str = ""
    mood: str = ""
    place: int | None = None
    site: int | None = None
    source: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None
    mark: str = ""
    measure: str = ""
    answers: str = ""

    def query(self) -> str:
        """The query string, without the question mark; "" when everything is looked for."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: str(value) for name, value in found.items() if value})

    def without(self, *names: str) -> Find:
        """The same, with these taken off."""
        blank = Find()
        return replace(self, **{name: getattr(blank, name) for name in names})

    @property
    def is_narrow(self) -> bool:
        """Whether anything is set at all."""
        return self != Find()


def read_find(asked: Mapping[str, str]) -> Find:
    """What an address asks for; whatever cannot be read is left out."""
    return Find(
        words=asked.get("words", "")[:32],
        theme=asked.get("theme", "")[:60],
        mood=_of(asked, "mood", _MOODS),
        place=_number(asked.get("place", "")),
        site=_number(asked.get("site", "")),
        source=asked.get("source", "")[:16],
        language=asked.get("language", "")[:16],
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        mark=_of(asked, "mark", _MARKS),
        measure=asked.get("measure", "")[:60],
        answers=_of(asked, "answers", _ANSWERS),
    )


def behind(
    *,
    start: date,
    stop: date,
    measure: str = "",
    place: int | None = None,
    site: int | None = None,
    theme: str = "",
) -> Find:
    """The comments behind a number of the days [start, stop)."""
    return Find(
        theme=theme, place=place, site=site, measure=measure, since=start,
        until=stop - timedelta(days=1),
    )  # fmt: skip


def _of(asked: Mapping[str, str], name: str, allowed: frozenset[str]) -> str:
    value = asked.get(name, "")
    return value if value in allowed else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
