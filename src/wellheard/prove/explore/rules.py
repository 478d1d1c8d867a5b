"""Pure: what a plain question means, by a small grammar and lists of words; no language model.

A question in Spanish or Arabic is first turned into the words of the grammar (tongues).
Read from left to right in the folded question: times first, then ways to compare, topics, places.
What is read is taken out; what is left and not a filling word is said to be not understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from wellheard.measures.text.folding import fold
from wellheard.prove.explore.tongues import in_english

_FILE = Path(__file__).with_name("data") / "questions-2026-11.json"
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = "(" + "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + ")"
_WHEN = rf"{_MONTH}(?: (\d{{4}}))?"
_LONGEST = 400
_SMALL = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "twelve": 12, "few": 3}


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name that a question may mention: a place, a site, a measure, a theme."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Words of one subject, the measure that counts it and the theme comments on it carry."""

    measure: str
    theme: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question was taken to mean. Days are both included.

    ``wants``: "figures" or "comments". ``several``: things one name in the question could be.
    ``unknown``: words nothing could be made of.
    """

    wants: str = "figures"
    measure: str = ""
    theme: str = ""
    place: int | None = None
    site: int | None = None
    kind: str = ""
    by: str = ""
    step: str = ""
    language: str = ""
    mood: str = ""
    only: str = ""
    since: date | None = None
    until: date | None = None
    several: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_something(self) -> bool:
        """Whether anything was made of the question that an answer can be about."""
        return bool(self.measure or self.theme or self.place or self.site or self.mood or self.by)


@cache
def vocabulary() -> Mapping[str, Any]:
    """The words in force."""
    found: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


def understand(question: str, names: Sequence[Named], *, today: date) -> Understood:
    """Read a question in plain English, Spanish or Arabic. ``names``: what the person may ask
    about."""
    rest = _Rest(in_english(_plain(question), [_plain(each.name).strip() for each in names]))
    understood = Understood()
    understood = _read_time(rest, understood, today)
    understood = _read_places(rest, understood, names)
    understood = _read_language(rest, understood)
    understood = _read_turn(rest, understood)
    understood = _read_by(rest, understood)
    understood = _read_comments(rest, understood)
    understood = _read_topic(rest, understood, names)
    understood = replace(understood, unknown=rest.unknown())
    return _settled(understood)


def _plain(question: str) -> str:
    words = re.findall(r"[^\W_]+", fold(question[:_LONGEST]))
    return f" {' '.join(words)} "


class _Rest:
    """The part of the question that nothing was made of yet."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: str) -> re.Match[str] | None:
        """Find a pattern of whole words and take it out."""
        found = re.search(rf"(?<= ){pattern}(?= )", self.text)
        if found:
            before, after = self.text[: found.start()], self.text[found.end() :]
            self.text = f"{before}|{after}"
        return found

    def take_any(self, phrases: Iterable[str]) -> bool:
        """Take the longest of these phrases that is there."""
        ordered = sorted(phrases, key=len, reverse=True)
        return any(self.take(re.escape(phrase)) for phrase in ordered)

    def holds_any(self, phrases: Iterable[str]) -> bool:
        return any(f" {phrase} " in self.text for phrase in phrases)

    def windows(self, longest: int) -> list[str]:
        """Runs of words that stand together, longest first."""
        found = []
        for part in self.text.split("|"):
            words = part.split()
            for size in range(min(longest, len(words)), 0, -1):
                found += [" ".join(words[i : i + size]) for i in range(len(words) - size + 1)]
        return sorted(found, key=lambda run: -len(run.split()))

    def unknown(self) -> tuple[str, ...]:
        silent = set(vocabulary()["silent"])
        words = [word for word in self.text.replace("|", " ").split() if word not in silent]
        return tuple(dict.fromkeys(words))


# -- when -----------------------------------------------------------------------------------------


def _read_time(rest: _Rest, understood: Understood, today: date) -> Understood:
    for pattern, read in _TIMES:
        found = rest.take(pattern)
        if found is None:
            continue
        try:
            since, until = read(found, today)
        except (ValueError, OverflowError):
            continue
        return replace(understood, since=since, until=until)
    return understood


def _month_start(name: str, year: str | None, today: date) -> date:
    """The newest month of that name that has begun, unless a year is given."""
    number = next(i for i, full in enumerate(_MONTHS, 1) if full.startswith(name[:3]))
    if year:
        return date(int(year), number, 1)
    return date(today.year if number <= today.month else today.year - 1, number, 1)


def _month_end(start: date) -> date:
    return _plus_months(start, 1) - timedelta(days=1)


def _plus_months(start: date, months: int) -> date:
    years, rest = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, rest + 1, 1)


def _between(found: re.Match[str], today: date) -> tuple[date, date]:
    last = _month_start(found[3], found[4], today)
    first = _month_start(found[1], found[2], today)
    if first > last and not found[2]:
        first = date(last.year - 1, first.month, 1)
    elif not found[2] and found[4]:
        first = date(last.year if first.month <= last.month else last.year - 1, first.month, 1)
    return min(first, last), _month_end(max(first, last))


def _whole_month(found: re.Match[str], today: date) -> tuple[date, date]:
    start = _month_start(found[1], found[2], today)
    return start, _month_end(start)


def _whole_year(found: re.Match[str], today: date) -> tuple[date, date]:
    return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)


def _last_many(found: re.Match[str], today: date) -> tuple[date, date | None]:
    count = _SMALL.get(found[1]) or max(int(found[1]), 1)
    if found[2] in ("day", "week"):
        return today - timedelta(days=count * (7 if found[2] == "week" else 1)), today
    months = count * {"month": 1, "quarter": 3, "year": 12}[found[2]]
    this = today.replace(day=1)
    return _plus_months(this, -months), this - timedelta(days=1)


def _last_one(found: re.Match[str], today: date) -> tuple[date, date | None]:
    start = _start_of(found[1], today)
    before = start - timedelta(days=1)
    first = _start_of(found[1], before)
    return first, None if found[0].startswith("since") else before


def _this(found: re.Match[str], today: date) -> tuple[date, date | None]:
    return _start_of(found[1], today), None


def _start_of(unit: str, day: date) -> date:
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    return date(day.year, 1, 1)


_UNIT = "(day|week|month|quarter|year)"
_COUNT = r"(\d{1,3}|one|two|three|four|six|twelve|few)"
_TIMES: tuple[tuple[str, Callable[[re.Match[str], date], tuple[date, date | None]]], ...] = (
    (rf"(?:between|from) {_WHEN} (?:and|to|until) {_WHEN}", _between),
    (rf"since {_WHEN}", lambda found, day: (_month_start(found[1], found[2], day), None)),
    (r"since (\d{4})", lambda found, _day: (date(int(found[1]), 1, 1), None)),
    (rf"(?:in|during|for|of) {_WHEN}", _whole_month),
    (r"(?:in|during|for) (\d{4})", _whole_year),
    (rf"(?:in |over |for )?(?:the )?(?:last|past) {_COUNT} {_UNIT}s?", _last_many),
    (rf"(?:since |in |from )?(?:the )?last {_UNIT}", _last_one),
    (rf"(?:in |so far )?this {_UNIT}", _this),
    (r"yesterday", lambda _found, day: (day - timedelta(days=1), day - timedelta(days=1))),
    (r"today", lambda _found, day: (day, day)),
)


# -- where and for whom ---------------------------------------------------------------------------


def _read_places(rest: _Rest, understood: Understood, names: Sequence[Named]) -> Understood:
    known = [name for name in names if name.kind in ("place", "site")]
    plain = {name: _plain(name.name).strip() for name in known}
    for run in rest.windows(6):
        if run in vocabulary()["silent"] or len(run) < 3 or _is_only_a_kind(run):
            continue
        fitting = [name for name in known if _names(run, plain[name])]
        exact = [name for name in fitting if plain[name] == run]
        fitting = exact or fitting
        if not fitting:
            continue
        rest.take(re.escape(run))
        if len(fitting) == 1:
            return _placed(understood, fitting[0])
        return replace(understood, several=tuple(name.name for name in fitting))
    return _misspelt_place(rest, understood, plain)


def _is_only_a_kind(run: str) -> bool:
    words = {word for kind in vocabulary()["kinds"].values() for word in kind}
    return all(word in words or word in vocabulary()["silent"] for word in run.split())


def _names(run: str, name: str) -> bool:
    """Whether words are a name, or begin it: "ward 7" is "Ward 7 Medicine", never "Ward 71"."""
    if f"{name} ".startswith(f"{run} "):
        return len(run.split()) > 1 or run == name
    return False


def _misspelt_place(rest: _Rest, understood: Understood, plain: Mapping[Named, str]) -> Understood:
    best, run = _closest(rest.windows(4), plain)
    if best is None:
        return understood
    rest.take(re.escape(run))
    return _placed(understood, best)


def _closest(runs: Sequence[str], plain: Mapping[Named, str]) -> tuple[Named | None, str]:
    """The name that a run of words comes closest to, if close enough; numbers must be the same."""
    from rapidfuzz import fuzz

    best: tuple[float, Named | None, str] = (vocabulary()["fuzzy_from"] - 0.5, None, "")
    for run in runs:
        if len(run) < 5 or run in vocabulary()["silent"] or _is_only_a_kind(run):
            continue
        for name, words in plain.items():
            if re.findall(r"\d+", run) != re.findall(r"\d+", words):
                continue
            likeness = fuzz.ratio(run, words)
            if likeness > best[0]:
                best = (likeness, name, run)
    return best[1], best[2]


def _placed(understood: Understood, name: Named) -> Understood:
    if name.kind == "site":
        return replace(understood, site=int(name.code))
    return replace(understood, place=int(name.code))


def _read_language(rest: _Rest, understood: Understood) -> Understood:
    for code, words in vocabulary()["languages"].items():
        if rest.take_any(words):
            return replace(understood, language=code)
    return understood


# -- how it is to be shown ------------------------------------------------------------------------


def _read_turn(rest: _Rest, understood: Understood) -> Understood:
    for turn in ("worse", "better"):
        if rest.take_any(vocabulary()[turn]):
            return replace(understood, only=turn)
    return understood


_SIDE_BY_SIDE = "by|per|which|what|each|every|across|compare|between|of our"


def _read_by(rest: _Rest, understood: Understood) -> Understood:
    for by, words in vocabulary()["by"].items():
        named = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        found = rest.take(rf"(?:{_SIDE_BY_SIDE}) (?:the |our |all )*({named})")
        if found:
            understood = replace(
                understood, by=by, kind=_kind_of(found[1]) if by == "place" else ""
            )
            break
    for step, words in vocabulary()["steps"].items():
        named = "|".join(re.escape(word) for word in words)
        if rest.take(rf"(?:by|per|each|every) ({named})") or (
            rest.take(r"(over time|trend)") and step == "month"
        ):
            return replace(understood, step=step)
    if not understood.by and understood.place is None:
        for kind, words in vocabulary()["kinds"].items():
            if rest.take_any(words):
                return replace(understood, kind=kind)
    return understood


def _kind_of(word: str) -> str:
    return next((k for k, words in vocabulary()["kinds"].items() if word in words), "")


def _read_comments(rest: _Rest, understood: Understood) -> Understood:
    wants = "comments" if rest.holds_any(vocabulary()["comments"]) else "figures"
    mood = ""
    for name in ("praise", "trouble"):
        if rest.take_any(vocabulary()[name]):
            mood, wants = name, "comments"
            break
    while rest.take_any(vocabulary()["comments"]):
        continue
    return replace(understood, wants=wants, mood=mood)


def _read_topic(rest: _Rest, understood: Understood, names: Sequence[Named]) -> Understood:
    topics = _topics(names)
    exact = [run for run in rest.windows(6) if run in topics]
    if exact:
        rest.take(re.escape(exact[0]))
        found = topics[exact[0]]
        return replace(understood, measure=found.measure, theme=found.theme)
    known = {Named("topic", words, words): words for words in topics if len(words) > 4}
    best, run = _closest(rest.windows(3), known)
    if best is None:
        return understood
    rest.take(re.escape(run))
    found = topics[best.code]
    return replace(understood, measure=found.measure, theme=found.theme)


def _topics(names: Sequence[Named]) -> dict[str, Topic]:
    """Topics by their words: names of measures and themes, and the words of the list."""
    measures = {name.code for name in names if name.kind == "measure"}
    found = {
        _plain(name.name).strip(): Topic("", name.code) for name in names if name.kind == "theme"
    }
    for name in names:
        if name.kind == "measure":
            found[_plain(name.name).strip()] = Topic(name.code, "")
    for row in vocabulary()["topics"]:
        measure = row["measure"] if row["measure"] in measures else ""
        for words in row["words"]:
            found[words] = Topic(measure, row["theme"])
    return found


def _settled(understood: Understood) -> Understood:
    """Fill in what follows from the rest: comments or figures, and by which time."""
    if understood.wants == "figures" and not understood.measure and understood.theme:
        understood = replace(understood, wants="comments")
    if understood.wants == "comments":
        return replace(understood, by="", step="", only="")
    if understood.language and not understood.by:
        understood = replace(understood, by="language")
    if understood.only and not understood.by and understood.place is None:
        understood = replace(understood, by="place")
    if not understood.step and (understood.only or not understood.by):
        understood = replace(understood, step="month")
    return understood
