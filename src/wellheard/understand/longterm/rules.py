"""Pure: a health score from answers, and how it changed for the same people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

_FILE = Path(__file__).with_name("data") / "scores-2026-11.json"
FIRST = 0
Verdict = Literal["better", "worse", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class HealthScore:
    """A score from 0 to 100: the mean of its items, where at least ``least`` were answered."""

    code: str
    title: str
    items: tuple[str, ...]
    least: int


@dataclass(frozen=True, slots=True)
class LongTermPolicy:
    """The scores in force, and the first survey's question that people are told apart by."""

    code: str
    version: str
    source: str
    scale: tuple[int, int]
    scores: Mapping[str, HealthScore]
    headline: str
    experience_item: str
    experience_measure: str

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every table."""
        return f"{self.code} {self.version}"


@cache
def long_term_policy() -> LongTermPolicy:
    """The scores in force."""
    page: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    low, high = page["scale"]
    return LongTermPolicy(
        page["code"],
        page["version"],
        page["source"],
        (low, high),
        {
            row["code"]: HealthScore(row["code"], row["title"], tuple(row["items"]), row["least"])
            for row in page["scores"]
        },
        page["headline"],
        page["experience_item"],
        page["experience_measure"],
    )


def health_score(
    answers: Mapping[str, Any], score: HealthScore, scale: tuple[int, int]
) -> float | None:
    """The score of one person's answers, 0 to 100; None when too few were answered."""
    low, high = scale
    given = [int(answers[code]) for code in score.items if code in answers]
    if len(given) < score.least:
        return None
    return 100 * (sum(given) / len(given) - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's score the first time and later. ``place`` of the visit; ``content``: whether
    they gave one of the best answers to the first survey (None: did not answer it)."""

    place: int
    content: bool | None
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Change:
    """How the same people's score changed: paired, with a t interval."""

    n: int
    before: float
    after: float
    estimate: float
    low: float
    high: float
    method: str

    @property
    def verdict(self) -> Verdict:
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "cannot_tell"


def change_of(pairs: Sequence[Pair], minimum: int) -> Change | None:
    """The change of a group; None for one too small to show, or whose people all changed alike."""
    from wellheard.measures.effects import paired_change

    changes = {pair.after - pair.before for pair in pairs}
    if len(pairs) < max(minimum, 2) or len(changes) < 2:
        return None
    found = paired_change([pair.before for pair in pairs], [pair.after for pair in pairs])
    return Change(
        found.n, found.mean_other, found.mean, found.estimate, found.low, found.high, found.method
    )


def by_group(groups: Mapping[Any, Sequence[Pair]], minimum: int) -> dict[Any, Change | None]:
    """The change of each group. When exactly one is too small, the next smallest is hidden too, or
    subtracting the others from the whole would give it away."""
    sizes = {name: len(pairs) for name, pairs in groups.items() if pairs}
    hidden = {name for name, n in sizes.items() if n < minimum}
    rest = sorted((n, str(name), name) for name, n in sizes.items() if name not in hidden)
    if hidden and sum(sizes[name] for name in hidden) < minimum and rest:
        hidden.add(rest[0][2])
    return {
        name: None if name in hidden else change_of(pairs, minimum)
        for name, pairs in groups.items()
        if pairs
    }


@dataclass(frozen=True, slots=True)
class Apart:
    """Change of those who were content first less that of those who were not: goes along with."""

    estimate: float
    low: float
    high: float
    n: int
    n_other: int
    method: str


def apart(pairs: Iterable[Pair], minimum: int) -> Apart | None:
    """How far the two groups' changes lie apart; None when either is too small."""
    from wellheard.measures.effects import mean_difference
    from wellheard.measures.errors import MeasureError

    content: list[float] = []
    other: list[float] = []
    for pair in pairs:
        if pair.content is not None:
            (content if pair.content else other).append(pair.after - pair.before)
    if min(len(content), len(other)) < minimum:
        return None
    try:
        found = mean_difference(content, other)
    except MeasureError:
        return None
    return Apart(found.estimate, found.low, found.high, found.n, found.n_other, found.method)
