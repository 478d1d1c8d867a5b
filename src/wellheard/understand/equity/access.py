"""Access by distance from home and by how people move: who misses appointments, who is seen
without travelling, and whether that helps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from wellheard.measures.intervals import Difference, Proportion, newcombe, wilson
from wellheard.people.visits.models import Visit
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity.policy import equity_policy
from wellheard.understand.equity.queries import equity_period
from wellheard.understand.equity.rules import AttributeGaps, Gap, Retest, gaps_of, judged, retested
from wellheard.understand.facts.rules import WHOLE, visible_segments
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.scores.rules import Measure

By = Literal["travel", "mobility"]
ATTRIBUTES: tuple[By, ...] = ("travel", "mobility")
# How an appointment ended; the remote ones apart.
_SEEN, _MISSED, _REMOTE, _REMOTE_MISSED = 0, 1, 2, 3
_HELD_REMOTELY = frozenset({_REMOTE, _REMOTE_MISSED})
_OVER = (Visit.Status.FINISHED, Visit.Status.ARRIVED, Visit.Status.NO_SHOW)

MISSED = Measure(
    code="missed",
    title="Missed appointments",
    item="visit.missed",
    statistic="top_box",
    best=frozenset({_MISSED, _REMOTE_MISSED}),
    worst=frozenset(),
    scale=(0, 3),
    direction="decrease",
    says="were missed",
    definition="Appointments nobody came to, of all that were not cancelled",
    owner="",
    source="",
    version=2,
    effective_from="2026-11-29",
)


@dataclass(frozen=True, slots=True)
class Access:
    """Gaps in missed appointments by distance or mobility, the same tested against the months
    before, the share of appointments kept that took place remotely, its change, and how much more
    of the remote ones were missed than of the others (only where both are enough people)."""

    by: By
    gaps: AttributeGaps
    retests: Mapping[str, Retest]
    remote: Mapping[str, Proportion]
    remote_change: Mapping[str, Difference]
    remote_missed: Mapping[str, Difference]

    @property
    def withheld(self) -> bool:
        return self.gaps.withheld


@dataclass(frozen=True, slots=True)
class Appointments:
    """Appointments by group, only of groups that may be shown; ``split``: of quarters in which
    both ways of being seen hold enough people."""

    counts: Mapping[str, Counts]
    split: Mapping[str, Counts]
    withheld: bool


def access_by_distance(organisation_id: int, *, until: date) -> Access:
    """By distance from home."""
    return access_by("travel", organisation_id, until=until)


def access_by(by: By, organisation_id: int, *, until: date) -> Access:
    """The last whole quarters, and what changed since those before them."""
    period = equity_period(until)
    shown = appointments_shown(by, organisation_id, period)
    past_period = Period.ending(period.start, len(period.months))
    past_shown = appointments_shown(by, organisation_id, past_period)
    counts, before = shown.counts, past_shown.counts
    now, earlier = _gaps(by, counts, shown.withheld), _gaps(by, before, False)
    past = {gap.group: gap for gap in earlier.compared}
    # A gap against another group than before is another gap.
    alike = now.reference == earlier.reference
    return Access(
        by=by,
        gaps=now,
        retests={
            gap.group: retested(MISSED, past.get(gap.group), gap) for gap in now.compared if alike
        },
        remote={group: _remote(each) for group, each in counts.items() if _kept(each)},
        remote_change={
            group: _since(each, before[group])
            for group, each in counts.items()
            if _kept(each) and group in before and _kept(before[group])
        },
        remote_missed={group: _missed_remotely(each) for group, each in shown.split.items()},
    )


def _gaps(by: By, counts: Mapping[str, Counts], withheld: bool) -> AttributeGaps:
    low_below = load_policy().low_below
    page = gaps_of(MISSED, by, counts, withheld=withheld, low_below=low_below)
    rate = equity_policy().false_discovery_rate
    return judged([page], higher_is_better=False, false_discovery_rate=rate)[0]


def worse_gaps(access: Access) -> list[Gap]:
    """Groups who miss more than chance explains."""
    return [gap for gap in access.gaps.compared if gap.verdict == "worse"]


def _kept(counts: Counts) -> int:
    return counts.among(frozenset({_SEEN, _REMOTE}))


def _remote(counts: Counts) -> Proportion:
    return wilson(counts.among(frozenset({_REMOTE})), _kept(counts))


def _since(now: Counts, before: Counts) -> Difference:
    """How the share that was seen remotely changed."""
    remote = frozenset({_REMOTE})
    return newcombe(now.among(remote), _kept(now), before.among(remote), _kept(before))


def _missed_remotely(counts: Counts) -> Difference:
    """Missed of remote appointments less missed of the others."""
    missed, seen = counts.among(frozenset({_MISSED})), counts.among(frozenset({_SEEN}))
    apart, kept = counts.among(frozenset({_REMOTE_MISSED})), counts.among(frozenset({_REMOTE}))
    return newcombe(apart, apart + kept, missed, missed + seen)


def appointments_shown(by: By, organisation_id: int, period: Period) -> Appointments:
    """Appointments by group, only of groups that may be shown, by the rule of every table.

    A group is as large as the people in it, however often each came.
    """
    people: dict[Month, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    ways: dict[tuple[Month, str, bool], set[str]] = defaultdict(set)
    came: dict[tuple[Month, str], Counter[int]] = defaultdict(Counter)
    for pk, person, scheduled_at, group, status, kind in _appointments(by, organisation_id, period):
        quarter = Month.containing(scheduled_at.astimezone(UTC)).quarter
        who, end = person or f"visit {pk}", _came(status, kind)
        people[quarter][group].add(who)
        ways[quarter, group, end in _HELD_REMOTELY].add(who)
        came[quarter, group][end] += 1
    shown: dict[str, Counter[int]] = defaultdict(Counter)
    split: dict[str, Counter[int]] = defaultdict(Counter)
    minimum = load_policy().minimum_group
    for quarter, groups in people.items():
        cells = {(0, group): Counter({0: len(who)}) for group, who in groups.items()}
        for cell in visible_segments(cells, quarter, minimum):
            if cell.level == WHOLE:
                group = cell.segment
                shown[group].update(came[quarter, group])
                if all(len(ways[quarter, group, remote]) >= minimum for remote in (True, False)):
                    split[group].update(came[quarter, group])
    counts = {group: Counts.of(each) for group, each in shown.items()}
    asked = sum(each.total() for each in came.values())
    return Appointments(
        counts,
        {group: Counts.of(each) for group, each in split.items()},
        asked > sum(each.n for each in counts.values()),
    )


def _appointments(by: By, organisation_id: int, period: Period) -> Iterator[tuple[Any, ...]]:
    return (
        Visit.objects.filter(
            organisation_id=organisation_id,
            status__in=_OVER,
            scheduled_at__gte=_moment(period.start),
            scheduled_at__lt=_moment(period.stop),
        )
        .values_list("pk", "person_key", "scheduled_at", by, "status", "kind")
        .iterator()
    )


def _came(status: str, kind: str) -> int:
    is_remote = kind == Visit.Kind.TELEHEALTH
    if status == Visit.Status.NO_SHOW:
        return _REMOTE_MISSED if is_remote else _MISSED
    return _REMOTE if is_remote else _SEEN


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)
