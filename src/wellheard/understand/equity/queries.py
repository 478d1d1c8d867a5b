"""Gaps, reach and re-tests, all through the facts' one door."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from wellheard.people.visits.models import VisitCount
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity.models import GapAction, PopulationCount
from wellheard.understand.equity.policy import equity_policy
from wellheard.understand.equity.rules import (
    AttributeGaps,
    Gap,
    Reach,
    Retest,
    gaps_of,
    judged,
    reach_of,
    retested,
)
from wellheard.understand.facts.longer import longer_groups
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.rules import WHOLE, visible_segments
from wellheard.understand.facts.slices import Counts, Month, Period, Slice, Where
from wellheard.understand.scores.rules import Measure


def equity_period(until: date) -> Period:
    """The whole calendar quarters that ended by ``until`` and are compared."""
    return Period.ending(Month.containing(until).quarter, 3 * equity_policy().quarters)


def counts_by_group(
    organisation_id: int, item: str, attribute: str, period: Period, site_id: int | None = None
) -> tuple[dict[str, Counts], bool]:
    """Answers by group, only groups that may be shown; whether some answers are in none."""
    where = Where(sites=None if site_id is None else frozenset({site_id}))
    table = tabulate(Slice(organisation_id, item, period, (attribute,), where))  # type: ignore[arg-type]  # checked by the slice
    return {str(row.key[0]): row.counts for row in table.rows}, table.withheld


def equity_of(
    organisation_id: int, measure: Measure, *, until: date, site_id: int | None = None
) -> list[AttributeGaps]:
    """Every attribute of the policy on one measure, verdicts held over all of them together."""
    period = equity_period(until)
    return _judged(measure, _raw_gaps(organisation_id, measure, period, site_id))


@dataclass(frozen=True, slots=True)
class LongerGaps:
    """Groups too small for the page's quarters, over the shortest calendar window that may show
    them: ``groups`` of the page's, against the largest of the same quarters."""

    period: Period
    groups: frozenset[str]
    page: AttributeGaps


def longer_of(
    organisation_id: int,
    measure: Measure,
    pages: Sequence[AttributeGaps],
    *,
    until: date,
    site_id: int | None = None,
) -> list[LongerGaps]:
    """Small groups that ``pages`` leave out, over their longer windows; verdicts held over all of
    them together."""
    windows: list[tuple[Period, frozenset[str]]] = []
    found = []
    for page in pages:
        if page.withheld:
            for period, groups, gaps in _windows_of(
                organisation_id, measure, page, equity_period(until), site_id
            ):
                windows.append((period, groups))
                found.append(gaps)
    told = _judged(measure, found)
    return [LongerGaps(*window, page) for window, page in zip(windows, told, strict=True)]


def _windows_of(
    organisation_id: int,
    measure: Measure,
    page: AttributeGaps,
    period: Period,
    site_id: int | None,
) -> Iterator[tuple[Period, frozenset[str], AttributeGaps]]:
    """Each window of one attribute that shows groups, with their gaps. People who did not say are
    no group of their own."""
    where = Where(sites=None if site_id is None else frozenset({site_id}))
    question = Slice(organisation_id, measure.item, period, (page.attribute,), where)  # type: ignore[arg-type]  # checked by the slice
    known = frozenset({"", *(gap.group for gap in page.gaps)})
    found = longer_groups(question, stop=period.stop, known=known)
    low_below = load_policy().low_below
    for window in sorted({each.period for each in found}, key=lambda each: each.stop):
        own = {each.group: each.counts for each in found if each.period == window}
        beside = next(each.beside for each in found if each.period == window)
        counts = {**_largest(beside), **own}
        gaps = gaps_of(measure, page.attribute, counts, withheld=True, low_below=low_below)
        yield window, frozenset(own), gaps


def _largest(beside: Mapping[str, Counts]) -> dict[str, Counts]:
    """The largest named group that the quarters show."""
    named = sorted(name for name in beside if name)
    if not named:
        return {}
    largest = max(named, key=lambda name: beside[name].n)
    return {largest: beside[largest]}


def _judged(measure: Measure, pages: list[AttributeGaps]) -> list[AttributeGaps]:
    return judged(
        pages,
        higher_is_better=measure.direction == "increase",
        false_discovery_rate=equity_policy().false_discovery_rate,
    )


def _raw_gaps(
    organisation_id: int, measure: Measure, period: Period, site_id: int | None
) -> list[AttributeGaps]:
    low_below = load_policy().low_below
    found = []
    for attribute in equity_policy().attributes:
        counts, withheld = counts_by_group(
            organisation_id, measure.item, attribute, period, site_id
        )
        found.append(gaps_of(measure, attribute, counts, withheld=withheld, low_below=low_below))
    return found


@dataclass(frozen=True, slots=True)
class RetestLine:
    """A noted action with its gap before and after."""

    action: GapAction
    retest: Retest


def retests(organisation_id: int, measure: Measure, *, until: date) -> list[RetestLine]:
    """What was done about gaps of a measure, each tested again, newest first."""
    actions = GapAction.objects.filter(organisation_id=organisation_id, measure=measure.code)
    return [
        RetestLine(action, retest_of(action, measure, until=until))
        for action in actions.order_by("-started_on", "-pk")
    ]


def retest_of(action: GapAction, measure: Measure, *, until: date) -> Retest:
    """The gap in the whole quarters before the action began and in those after.

    The quarter in which it began belongs to neither.
    """
    begun = Month.containing(action.started_on).quarter
    stop = Month.containing(until).quarter
    first = begun.plus(3)
    before = _gap_in(action, measure, Period.ending(begun, 3 * equity_policy().quarters))
    after = _gap_in(action, measure, Period(first, stop)) if first < stop else None
    return retested(measure, before, after)


def _gap_in(action: GapAction, measure: Measure, period: Period) -> Gap | None:
    counts, withheld = counts_by_group(
        action.organisation_id, measure.item, action.attribute, period, action.site_id
    )
    low_below = load_policy().low_below
    page = gaps_of(measure, action.attribute, counts, withheld=withheld, low_below=low_below)
    return next((gap for gap in page.compared if gap.group == action.group), None)


@dataclass(frozen=True, slots=True)
class ReachOf:
    """Who is heard, by one attribute, against visits or the population; empty: cannot tell."""

    attribute: str
    base: str
    groups: tuple[Reach, ...]
    withheld: bool
    source: str = ""


def reach_by_visits(
    organisation_id: int, item: str, *, until: date, site_id: int | None = None
) -> list[ReachOf]:
    """Answers per group against visits per group, over the same whole quarters."""
    period, below = equity_period(until), equity_policy().under_voice_below
    found = []
    for attribute in equity_policy().attributes:
        counts, withheld = counts_by_group(organisation_id, item, attribute, period, site_id)
        base, hidden = visits_shown(organisation_id, attribute, period, site_id)
        voices = {group: each.n for group, each in counts.items()}
        groups = reach_of(voices, base, below=below)
        found.append(ReachOf(attribute, "visits", groups, withheld or hidden))
    return found


def reach_by_population(organisation_id: int, item: str, *, until: date) -> list[ReachOf]:
    """Answers per group, and per site for its catchment, against who lives in the area."""
    period, below = equity_period(until), equity_policy().under_voice_below
    populations: dict[str, dict[str, int]] = defaultdict(dict)
    sources: dict[str, str] = {}
    for row in PopulationCount.objects.filter(organisation_id=organisation_id):
        populations[row.attribute][row.group] = row.people
        sources[row.attribute] = f"{row.source}, {row.as_of.isoformat()}"
    found = []
    for attribute, base in sorted(populations.items()):
        if attribute == "site":
            voices, withheld = _voices_by_site(organisation_id, item, period)
        else:
            counts, withheld = counts_by_group(organisation_id, item, attribute, period)
            voices = {group: each.n for group, each in counts.items()}
        # A group that lives here and never answered is the one that matters most.
        if not withheld:
            voices = {**dict.fromkeys(base, 0), **voices}
        groups = reach_of(voices, base, below=below)
        found.append(ReachOf(attribute, "population", groups, withheld, sources[attribute]))
    return found


def _voices_by_site(organisation_id: int, item: str, period: Period) -> tuple[dict[str, int], bool]:
    from wellheard.people.places.models import Site

    codes = dict(Site.objects.filter(organisation_id=organisation_id).values_list("pk", "code"))
    table = tabulate(Slice(organisation_id, item, period, ("site",)))
    voices = {codes[int(row.key[0])]: row.counts.n for row in table.rows if row.key[0] in codes}
    return voices, table.withheld


def visits_shown(
    organisation_id: int, attribute: str, period: Period, site_id: int | None = None
) -> tuple[dict[str, int], bool]:
    """Visits by group, only what may be shown, by the same rule as answers: quarter by quarter."""
    rows = (
        VisitCount.objects.filter(
            organisation_id=organisation_id,
            group=attribute,
            month__gte=period.start.first_day,
            month__lt=period.stop.first_day,
        )
        .values_list("place__site_id", "month", "value")
        .annotate(total=Sum("visits"))
        .order_by()
    )
    quarters: dict[Month, dict[tuple[int, str], Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for site, month, value, total in rows:
        quarters[Month.containing(month).quarter][site, value][0] += total
    return _summed(quarters, site_id)


def _summed(
    quarters: Mapping[Month, Mapping[tuple[int, str], Counter[int]]], site_id: int | None
) -> tuple[dict[str, int], bool]:
    minimum = load_policy().minimum_group
    level: object = WHOLE if site_id is None else site_id
    shown: Counter[str] = Counter()
    asked = 0
    for quarter, table in quarters.items():
        asked += sum(
            each[0] for (site, _), each in table.items() if site_id is None or site == site_id
        )
        for cell in visible_segments(_safe_sites(table, minimum), quarter, minimum):
            if cell.level == level:
                shown[cell.segment] += cell.counts[0]
    return dict(shown), asked > sum(shown.values())


def _safe_sites(
    table: Mapping[tuple[int, str], Counter[int]], minimum: int
) -> dict[tuple[int, str], Counter[int]]:
    """Only sites whose own total may be shown, as the rule of hidden cells needs it."""
    totals: Counter[int] = Counter()
    for (site, _), each in table.items():
        totals[site] += each[0]
    return {cell: each for cell, each in table.items() if totals[cell[0]] >= minimum}
