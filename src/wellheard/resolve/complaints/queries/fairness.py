"""Whether people of every language are answered alike: reply and recovery, tested as gaps are."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from wellheard.resolve.complaints.models import Case
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity.rules import AttributeGaps, gaps_of, judged
from wellheard.understand.facts.rules import WHOLE, visible_segments
from wellheard.understand.facts.slices import Counts, Month
from wellheard.understand.scores.rules import Measure, read_measure

_FILE = Path(__file__).parents[1] / "rules" / "fairness-2026-11.json"
_IN_TIME, _LATE = 1, 0


@dataclass(frozen=True, slots=True)
class FairnessPolicy:
    """`halves`: how many calendar half-years; the days within which something counts as in time."""

    code: str
    version: str
    halves: int
    acknowledged_within_days: int
    closed_within_days: int
    false_discovery_rate: float

    @property
    def name(self) -> str:
        """Code and version, as printed beneath the table."""
        return f"{self.code} {self.version}"


@cache
def fairness_policy() -> FairnessPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return FairnessPolicy(**{name: page[name] for name in FairnessPolicy.__slots__})


@dataclass(frozen=True, slots=True)
class ProcessGap:
    """One process by language, as a measure with its gaps."""

    measure: Measure
    gaps: AttributeGaps


def process_gaps(organisation_id: int, *, until: date) -> list[ProcessGap]:
    """Reply and recovery by the language of the case, over whole half-years that have ended.

    Cases of the last 30 days before `until` cannot be closed late yet, so half-years end 30 days
    earlier at the latest.
    """
    policy = fairness_policy()
    stop = _half(until - timedelta(days=policy.closed_within_days))
    start = stop.plus(-6 * policy.halves)
    cases = list(
        Case.objects.filter(
            organisation_id=organisation_id,
            same_as__isnull=True,
            received_at__gte=_moment(start),
            received_at__lt=_moment(stop),
        ).values_list("site_id", "language", "received_at", "acknowledged_at", "closed_at")
    )
    measures = (
        _measure("acknowledged", policy.acknowledged_within_days),
        _measure("closed", policy.closed_within_days),
    )
    limits = (policy.acknowledged_within_days, policy.closed_within_days)
    pages = []
    for position, (measure, days) in enumerate(zip(measures, limits, strict=True)):
        rows = [(site or 0, language, at, ends[position]) for site, language, at, *ends in cases]
        counts, withheld = _counted(rows, timedelta(days=days))
        low_below = load_policy().low_below
        pages.append(gaps_of(measure, "language", counts, withheld=withheld, low_below=low_below))
    found = judged(pages, higher_is_better=True, false_discovery_rate=policy.false_discovery_rate)
    return [ProcessGap(measure, page) for measure, page in zip(measures, found, strict=True)]


def _counted(
    rows: list[tuple[int, str, datetime, datetime | None]], within: timedelta
) -> tuple[dict[str, Counts], bool]:
    halves: dict[Month, dict[tuple[int, str], Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for _site, language, received, ended in rows:
        in_time = ended is not None and ended - received <= within
        # One level only: what is shown by site as well could be subtracted.
        halves[_half(received.date())][0, language][_IN_TIME if in_time else _LATE] += 1
    return _shown(halves)


def _shown(
    halves: Mapping[Month, Mapping[tuple[int, str], Counter[int]]],
) -> tuple[dict[str, Counts], bool]:
    minimum = load_policy().minimum_group
    summed: dict[str, Counter[int]] = defaultdict(Counter)
    asked = 0
    for half, table in halves.items():
        here = sum(sum(each.values()) for each in table.values())
        asked += here
        if here < minimum:
            continue
        for cell in visible_segments(table, half, minimum):
            if cell.level == WHOLE:
                summed[cell.segment].update(cell.counts)
    counts = {language: Counts.of(each) for language, each in summed.items()}
    return counts, asked > sum(each.n for each in counts.values())


def _half(day: date) -> Month:
    """The first month of a day's calendar half-year."""
    return Month(day.year, 1 if day.month <= 6 else 7)


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


def _measure(code: str, days: int) -> Measure:
    policy = fairness_policy()
    return read_measure(
        {
            "code": code,
            "title": {"acknowledged": "Acknowledged in time", "closed": "Closed in time"}[code],
            "item": f"case.{code}",
            "statistic": "top_box",
            "best": [_IN_TIME],
            "scale": [_LATE, _IN_TIME],
            "direction": "increase",
            "says": f"within {days} days",
            "definition": f"Share of cases {code} within {days} days of being received.",
            "owner": "Patient experience",
            "source": policy.name,
            "version": 1,
            "effective_from": "2026-11-01",
        }
    )
