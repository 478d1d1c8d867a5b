"""Access by distance from home: who misses appointments, who is seen without travelling."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from wellheard.measures.intervals import Proportion, wilson
from wellheard.people.visits.models import Visit
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity.policy import equity_policy
from wellheard.understand.equity.queries import equity_period
from wellheard.understand.equity.rules import AttributeGaps, Gap, Retest, gaps_of, judged, retested
from wellheard.understand.facts.rules import WHOLE, visible_segments
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.scores.rules import Measure

ATTRIBUTE = "travel"
_MISSED, _SEEN, _REMOTE = 1, 0, 2
_OVER = (Visit.Status.FINISHED, Visit.Status.ARRIVED, Visit.Status.NO_SHOW)

MISSED = Measure(
    code="missed",
    title="Missed appointments",
    item="visit.missed",
    statistic="top_box",
    best=frozenset({_MISSED}),
    worst=frozenset(),
    scale=(0, 2),
    direction="decrease",
    says="were missed",
    definition="Appointments nobody came to, of all that were not cancelled",
    owner="",
    source="",
    version=1,
    effective_from="2026-11-01",
)


@dataclass(frozen=True, slots=True)
class Access:
    """Gaps in missed appointments by distance, the same tested against the months before, and
    the share of appointments kept that took place remotely."""

    gaps: AttributeGaps
    retests: Mapping[str, Retest]
    remote: Mapping[str, Proportion]

    @property
    def withheld(self) -> bool:
        return self.gaps.withheld


def access_by_distance(organisation_id: int, *, until: date) -> Access:
    """The last whole quarters, and what changed since those before them."""
    period = equity_period(until)
    counts, withheld = appointments_shown(organisation_id, period)
    before, _ = appointments_shown(organisation_id, Period.ending(period.start, len(period.months)))
    now, earlier = _gaps(counts, withheld), _gaps(before, False)
    past = {gap.group: gap for gap in earlier.compared}
    # A gap against another group than before is another gap.
    alike = now.reference == earlier.reference
    return Access(
        now,
        {gap.group: retested(MISSED, past.get(gap.group), gap) for gap in now.compared if alike},
        {group: _remote(each) for group, each in counts.items() if _kept(each)},
    )


def _gaps(counts: Mapping[str, Counts], withheld: bool) -> AttributeGaps:
    low_below = load_policy().low_below
    page = gaps_of(MISSED, ATTRIBUTE, counts, withheld=withheld, low_below=low_below)
    rate = equity_policy().false_discovery_rate
    return judged([page], higher_is_better=False, false_discovery_rate=rate)[0]


def worse_gaps(access: Access) -> list[Gap]:
    """Distances from which more is missed than chance explains."""
    return [gap for gap in access.gaps.compared if gap.verdict == "worse"]


def _kept(counts: Counts) -> int:
    return counts.among(frozenset({_SEEN, _REMOTE}))


def _remote(counts: Counts) -> Proportion:
    return wilson(counts.among(frozenset({_REMOTE})), _kept(counts))


def appointments_shown(organisation_id: int, period: Period) -> tuple[dict[str, Counts], bool]:
    """Appointments by distance, only of groups that may be shown, by the rule of every table.

    A group is as large as the people in it, however often each came.
    """
    people: dict[Month, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    came: dict[tuple[Month, str], Counter[int]] = defaultdict(Counter)
    for pk, person, scheduled_at, travel, status, kind in _appointments(organisation_id, period):
        quarter = Month.containing(scheduled_at.astimezone(UTC)).quarter
        people[quarter][travel].add(person or f"visit {pk}")
        came[quarter, travel][_came(status, kind)] += 1
    shown: dict[str, Counter[int]] = defaultdict(Counter)
    for quarter, groups in people.items():
        cells = {(0, travel): Counter({0: len(who)}) for travel, who in groups.items()}
        for cell in visible_segments(cells, quarter, load_policy().minimum_group):
            if cell.level == WHOLE:
                shown[cell.segment].update(came[quarter, cell.segment])
    counts = {group: Counts.of(each) for group, each in shown.items()}
    asked = sum(each.total() for each in came.values())
    return counts, asked > sum(each.n for each in counts.values())


def _appointments(organisation_id: int, period: Period) -> Iterator[tuple[Any, ...]]:
    return (
        Visit.objects.filter(
            organisation_id=organisation_id,
            status__in=_OVER,
            scheduled_at__gte=_moment(period.start),
            scheduled_at__lt=_moment(period.stop),
        )
        .values_list("pk", "person_key", "scheduled_at", "travel", "status", "kind")
        .iterator()
    )


def _came(status: str, kind: str) -> int:
    if status == Visit.Status.NO_SHOW:
        return _MISSED
    return _REMOTE if kind == Visit.Kind.TELEHEALTH else _SEEN


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)
