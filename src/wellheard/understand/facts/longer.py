"""Small groups over a longer calendar window: the shortest in which they may be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from wellheard.understand.disclosure.policy import Policy, load_policy
from wellheard.understand.disclosure.rules import may_show
from wellheard.understand.disclosure.windows import QUARTERS, QuarterTable, longer_windows
from wellheard.understand.facts.queries import answers_by_segment
from wellheard.understand.facts.rules import WHOLE, added, people, segment_cells
from wellheard.understand.facts.slices import Counts, Month, Period, Slice

_SPANS = 2


@dataclass(frozen=True, slots=True)
class LongerGroup:
    """A group's answers over a closed window; ``beside``: those of the groups that the quarters of
    the same window show."""

    group: str
    period: Period
    counts: Counts
    beside: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class _Quarter:
    cells: Mapping[tuple[Hashable, str], Counter[int]]
    table: QuarterTable


def longer_groups(
    question: Slice, *, stop: Month, known: frozenset[str], policy: Policy | None = None
) -> list[LongerGroup]:
    """Groups that are not ``known`` from the question's own quarters, each in its newest window.

    The question names one personal attribute, and at most one site. Windows that end after
    ``stop`` are not over and hold nothing yet.
    """
    policy = policy or load_policy()
    sites = question.where.sites
    level: Hashable = WHOLE if sites is None else next(iter(sites))
    newest = Month(stop.plus(-1).year // 2 * 2, 1)
    first = newest.plus(-3 * QUARTERS * (_SPANS - 1))
    asked = Slice(question.organisation_id, question.item, Period(first, stop), question.by)
    answers = answers_by_segment(asked, policy=policy)
    found: dict[str, LongerGroup] = {}
    for span in range(_SPANS):
        begin = newest.plus(-3 * QUARTERS * span)
        closed = Period(begin, min(stop, begin.plus(3 * QUARTERS)))
        for each in _of_span(answers, level, closed, policy.minimum_group):
            if each.group not in known:
                found.setdefault(each.group, each)
    return [found[group] for group in sorted(found)]


def _of_span(
    answers: Mapping[Month, Mapping[tuple[int, str], Counter[int]]],
    level: Hashable,
    span: Period,
    minimum: int,
) -> list[LongerGroup]:
    """Everything a span's windows show at one level, the newest first."""
    quarters = [_quarter(answers.get(first, {}), minimum) for first in span.months[::3]]
    shown = longer_windows([each.table for each in quarters], minimum, WHOLE)
    found = []
    for window in sorted(shown, key=lambda each: (-each[1], each[1] - each[0])):
        for at, group in shown[window]:
            if at == level:
                inside = quarters[slice(*window)]
                start = span.start.plus(3 * window[0])
                period = Period(start, span.start.plus(3 * window[1]))
                found.append(_group(str(group), level, inside, period, minimum))
    return found


def _quarter(sites: Mapping[tuple[int, str], Counter[int]], minimum: int) -> _Quarter:
    cells, hidden = segment_cells(sites, minimum)
    return _Quarter(cells, QuarterTable({cell: people(n) for cell, n in cells.items()}, hidden))


def _group(
    group: str, level: Hashable, quarters: Sequence[_Quarter], period: Period, minimum: int
) -> LongerGroup:
    own = added(each.cells.get((level, group), {}) for each in quarters)
    beside: dict[str, Counter[int]] = {}
    for each in quarters:
        for (at, name), counts in each.cells.items():
            is_shown = (at, name) not in each.table.hidden and may_show(people(counts), minimum)
            if at == level and is_shown:
                beside.setdefault(name, Counter()).update(counts)
    others = {name: Counts.of(counts) for name, counts in beside.items() if counts}
    return LongerGroup(group, period, Counts.of(own), others)
