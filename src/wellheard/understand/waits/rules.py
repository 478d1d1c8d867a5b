"""Pure: what counts as a wait, and which months of two sources can stand side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wellheard.measures.waits import MeanDifference, capped, mean_difference
from wellheard.understand.facts.rules import added
from wellheard.understand.facts.slices import Month

_FILE = Path(__file__).with_name("data") / "waits-2026-11.json"
Minutes = Counter[int]
# A spread needs two values.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class WaitPolicy:
    """What is counted, from versioned data. Lengths in minutes."""

    version: str
    effective_from: str
    source: str
    long_minutes: int
    longest_minutes: int
    reported_item: str
    longest_answer: int
    kinds: tuple[str, ...]
    theme: str
    voices: int
    months: int
    recent_months: int


@cache
def wait_policy() -> WaitPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    named = {name: page[name] for name in WaitPolicy.__slots__}
    return WaitPolicy(**named | {"kinds": tuple(page["kinds"])})


@dataclass(frozen=True, slots=True)
class Part:
    """Values counted over months [start, stop): of one month, or of some that were joined."""

    start: Month
    stop: Month
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class Beside:
    """What was reported and what was measured over months [start, stop), and the first less the
    second."""

    start: Month
    stop: Month
    reported: Minutes
    measured: Minutes
    difference: MeanDifference


def beside(reported: Iterable[Part], measured: Iterable[Part], *, longest: int) -> list[Beside]:
    """Reported and measured waits of the same months, wherever both are known.

    Parts are never cut: where one source joined months, the other's are joined too, so that
    nothing smaller than what each shows by itself comes to light. Measured waits beyond
    ``longest`` count as that, as the question's last answer does.
    """
    said, clocked = list(reported), list(measured)
    found = []
    for start, stop in _spans([*said, *clocked]):
        first = added(part.minutes for part in said if start <= part.start < stop)
        second = added(part.minutes for part in clocked if start <= part.start < stop)
        second = Counter(capped(second, longest))
        if min(first.total(), second.total()) >= _FEWEST:
            gap = mean_difference(first, second)
            found.append(Beside(start, stop, first, second, gap))
    return found


def over_all(pairs: Iterable[Beside]) -> MeanDifference | None:
    """The difference over all months that have both; None without any."""
    every = list(pairs)
    if not every:
        return None
    return mean_difference(
        added(each.reported for each in every), added(each.measured for each in every)
    )


def _spans(parts: Sequence[Part]) -> list[tuple[Month, Month]]:
    """The shortest runs of months that cut no part in two."""
    spans: list[tuple[Month, Month]] = []
    for part in sorted(parts, key=lambda part: (part.start, part.stop)):
        if spans and part.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], part.stop))
        else:
            spans.append((part.start, part.stop))
    return spans
