"""Decisions on public voices: which place, spam or not, withdrawn or not, a burst or not. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing an outlet published. ``about``: its own words for the place. ``deleted``: the
    outlet itself says that it was withdrawn."""

    external_id: str
    text: str = ""
    rating: float | None = None
    rating_max: int | None = None
    written_at: datetime | None = None
    url: str = ""
    about: str = ""
    language: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A place as a match sees it."""

    place_id: int
    name: str
    site: str
    code: str


@dataclass(frozen=True, slots=True)
class Match:
    """Which place is meant, how sure that is (0 to 1), and by which rule."""

    place_id: int | None
    confidence: float
    rule: str


NO_MATCH = Match(None, 0.0, "")


def match_place(about: str, text: str, places: Sequence[Known]) -> Match:
    """The place that an outlet's own words name, else one that the text names.

    An exact code or name is certain; "site, place" in other words is as sure as it is alike; a
    name that only stands in the text is a suggestion. Two places that fit equally are no match.
    """
    said = _plain(about)
    exact = [p for p in places if said and said in (_plain(p.name), _plain(p.code), _full(p))]
    if len(exact) == 1:
        return Match(exact[0].place_id, 1.0, "exact")
    if said:
        scored = sorted(((fuzz.token_sort_ratio(said, _full(p)) / 100, p) for p in places),
                        key=lambda pair: -pair[0])  # fmt: skip
        if scored and (len(scored) == 1 or scored[0][0] > scored[1][0]):
            return Match(scored[0][1].place_id, round(scored[0][0], 3), "alike")
    told = f" {_plain(text)} "
    named = [p for p in places if f" {_plain(p.name)} " in told]
    return Match(named[0].place_id, 0.7, "in text") if len(named) == 1 else NO_MATCH


def spam_signs(text: str, same_words_before: int, spam: Mapping[str, Any]) -> list[str]:
    """Codes of what makes a text look like spam; it is when there are ``spam_at`` or more."""
    signs = []
    plain = _plain(text)
    if len(_LINK.findall(text)) > spam["most_links"]:
        signs.append("links")
    signs += ["phrase" for phrase in spam["phrases"] if f" {_plain(phrase)} " in f" {plain} "]
    if same_words_before >= spam["same_words_at_once"]:
        signs += ["repeated", "repeated"]
    letters = [c for c in text if c.isalpha()]
    if len(letters) > 40 and sum(c.isupper() for c in letters) > 0.8 * len(letters):
        signs.append("shouting")
    return signs


def has_keyword(text: str, keywords: Collection[str]) -> bool:
    """Whether a mention is about us: it holds one of the words (none: everything is)."""
    told = f" {_plain(text)} "
    return not keywords or any(f" {_plain(word)} " in told for word in keywords if _plain(word))


def withdrawn(
    known: Mapping[str, datetime], seen: Mapping[str, datetime | None], *, complete: bool,
    most_share: float,
) -> set[str]:  # fmt: skip
    """Ids of those no longer published: all that are missing from a complete list; of a list of
    the newest only those that are newer than its oldest entry and are missing from it.

    When more than ``most_share`` of what should be there is missing, nobody withdrew anything:
    the outlet is broken, and nothing is taken for deleted.
    """
    moments = [at for at in seen.values() if at is not None]
    if not seen or (not complete and not moments):
        return set()
    expected = {key for key, at in known.items() if complete or at > min(moments)}
    missing = expected - set(seen)
    return missing if len(missing) <= max(1, most_share * len(expected)) else set()


def tail(count: int, expected: float) -> float:
    """The chance of ``count`` or more where ``expected`` is usual (Poisson)."""
    below, term = 0.0, math.exp(-expected)
    for k in range(count):
        below += term
        term *= expected / (k + 1)
    return max(0.0, 1.0 - below)


def is_burst(count: int, before: int, burst: Mapping[str, float]) -> tuple[bool, float, float]:
    """(burst or not, expected, chance): ``count`` in the window, ``before`` in the baseline."""
    windows = burst["baseline_days"] * 24 / burst["window_hours"]
    expected = max(before / windows, burst["floor_per_window"])
    chance = tail(count, expected)
    return count >= burst["fewest"] and chance < burst["chance"], expected, chance


def likeness(name: str, street: str, ours: Sequence[tuple[str, str]]) -> tuple[float, str]:
    """How near a listing is to one of ours (name, street), 0 to 1, and to which.

    The name decides; the same street lifts a name that is half alike.
    """
    best = (0.0, "")
    for our_name, our_street in ours:
        alike = _names_alike(_plain(name), _plain(our_name))
        if our_street and street and fuzz.token_set_ratio(_plain(street), _plain(our_street)) > 90:
            alike = max(alike, min(1.0, alike + 0.3))
        best = max(best, (round(alike, 3), our_name))
    return best


def _names_alike(one: str, other: str) -> float:
    """Alike word by word; one name within the other (of two words or more) nearly so."""
    alike = float(fuzz.token_sort_ratio(one, other)) / 100
    if min(len(one.split()), len(other.split())) > 1:
        alike = max(alike, 0.9 * float(fuzz.token_set_ratio(one, other)) / 100)
    return alike


def _full(place: Known) -> str:
    return _plain(f"{place.site} {place.name}")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
