"""Each measure of a set as it stands: newest value, n, interval, and how it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from wellheard.people.places.models import Organisation, Place
from wellheard.people.visits.models import VisitCount
from wellheard.prove.balance.models import BalancedSet, CostFigure
from wellheard.prove.balance.rules import Latest, Offered, Verdict, balance_policy
from wellheard.prove.charts.panels import series_of
from wellheard.prove.charts.queries import monthly_series
from wellheard.prove.charts.rules import Series, chart_of, chart_policy, latest_signal, may_chart
from wellheard.resolve.complaints.models import Case
from wellheard.understand.attendance import queries as attendance
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.disclosure.rules import may_show
from wellheard.understand.equity.queries import equity_of, equity_period
from wellheard.understand.equity.rules import Gap, retested
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.longterm.queries import long_term
from wellheard.understand.longterm.rules import long_term_policy
from wellheard.understand.readmissions.queries import by_month, tallies
from wellheard.understand.scores.queries import measures, organisation_day

if TYPE_CHECKING:
    from wellheard.measures.spc import ControlChart


def published(organisation_id: int) -> BalancedSet | None:
    """The set in force."""
    rows = BalancedSet.objects.filter(organisation_id=organisation_id)
    return rows.select_related("published_by").first()


def costs(organisation_id: int) -> list[CostFigure]:
    """The figures that count: of each month the newest row, in the order of time."""
    rows = CostFigure.objects.filter(organisation_id=organisation_id).order_by("pk")
    newest = {(row.title, row.month): row for row in rows}
    return sorted(newest.values(), key=lambda row: (row.title, row.month))


def cost_titles(organisation_id: int) -> list[str]:
    """The names of the figures of cost that were brought."""
    rows = CostFigure.objects.filter(organisation_id=organisation_id)
    return sorted(set(rows.order_by().values_list("title", flat=True)))


def offered(organisation_id: int, *, today: date) -> dict[str, Offered]:
    """Every measure that may be chosen, with its title; a score that was retired is none."""
    catalogue = measures(organisation_id, on=today)
    found = {}
    for code, each in balance_policy().offered(cost_titles(organisation_id)).items():
        kind, _, name = code.partition(":")
        if kind == "score":
            if name not in catalogue:
                continue
            each = replace(each, title=catalogue[name].title)
        found[code] = each
    return found


def latest(organisation_id: int, codes: Sequence[str], *, now: datetime) -> dict[str, Latest]:
    """Each of the measures as it stands at ``now``."""
    today = organisation_day(organisation_id, now)
    known = offered(organisation_id, today=today)
    found = {}
    for code in codes:
        if code in known:
            read = _READERS[code.partition(":")[0]]
            found[code] = read(organisation_id, known[code], today, now)
    return found


def _score(organisation_id: int, each: Offered, today: date, now: datetime) -> Latest:
    measure = measures(organisation_id, on=today)[each.code.partition(":")[2]]
    series = monthly_series(organisation_id, measure, until=today, months=balance_policy().months)
    return _of_series(each, series)


def _readmitted(organisation_id: int, each: Offered, today: date, now: datetime) -> Latest:
    found = tallies(organisation_id, until=now, months=balance_policy().months)
    return _of_series(each, series_of(by_month(found)))


def _missed(organisation_id: int, each: Offered, today: date, now: datetime) -> Latest:
    """As the page of missed appointments counts them, so that the two never differ."""
    organisation = Organisation.objects.get(pk=organisation_id)
    places = Place.objects.of(organisation_id)
    period = Period.ending(Month.containing(today), balance_policy().months)
    found = attendance.attendance(organisation, period, places, now=now)
    measure = attendance.missed_measure(each.title, "")
    return _of_series(each, series_of(attendance.by_month(found, measure)))


def _of_series(each: Offered, series: Series) -> Latest:
    unit = series.measure.unit
    empty = Latest(each.code, each.title or series.measure.title, unit)
    if not series.points:
        return empty
    last = series.last
    verdict: Verdict = "cannot_tell"
    if may_chart(series, chart_policy()):
        verdict = latest_signal(chart_of(series, chart_policy())).verdict
    return replace(
        empty, value=last.score.estimate, n=last.n, low=last.score.low, high=last.score.high,
        start=last.start, stop=last.stop, verdict=verdict, points=len(series.points),
        method=last.score.method, decimals=0 if series.measure.statistic == "nps" else 1,
    )  # fmt: skip


def _complaints(organisation_id: int, each: Offered, today: date, now: datetime) -> Latest:
    """Complaints received in a month over the visits of that month."""
    from wellheard.measures.rates import poisson_rate
    from wellheard.measures.spc import u_chart

    empty = Latest(each.code, each.title, "")
    least = load_policy().minimum_group
    told, visits = _told_by_month(organisation_id, today), _visits_by_month(organisation_id, today)
    months = [m for m in sorted(visits) if visits[m] >= least and may_show(told.get(m, 0), least)]
    if not months:
        return empty
    counts, sizes = [told.get(m, 0) for m in months], [visits[m] for m in months]
    rate = poisson_rate(counts[-1], sizes[-1], per=each.per)

    def draw() -> ControlChart:
        wanted = each.direction or None
        return u_chart(counts, sizes, per=each.per, direction=wanted, laney=True)

    return replace(
        empty, value=rate.estimate, low=rate.low, high=rate.high, n=counts[-1],
        start=months[-1].first_day, stop=months[-1].plus(1).first_day, points=len(months),
        verdict=_verdict(len(months), draw), method=rate.method, decimals=1,
    )  # fmt: skip


def _told_by_month(organisation_id: int, today: date) -> dict[Month, int]:
    start, stop = _span(today)
    rows = Case.objects.filter(
        organisation_id=organisation_id,
        kind=Case.Kind.COMPLAINT,
        same_as=None,
        received_at__gte=_moment(start),
        received_at__lt=_moment(stop),
    )
    counted = rows.annotate(month=TruncMonth("received_at", tzinfo=UTC)).values("month")
    return {
        Month.containing(row["month"].date()): row["n"]
        for row in counted.annotate(n=Count("pk")).order_by()
    }


def _visits_by_month(organisation_id: int, today: date) -> dict[Month, int]:
    start, stop = _span(today)
    rows = VisitCount.objects.filter(
        organisation_id=organisation_id,
        group="all",
        month__gte=start.first_day,
        month__lt=stop.first_day,
    )
    counted = rows.values("month").annotate(n=Sum("visits")).order_by()
    return {Month.containing(row["month"]): row["n"] for row in counted if row["n"]}


def _health(organisation_id: int, each: Offered, today: date, now: datetime) -> Latest:
    """The change of the headline score at the newest time of asking that may be shown."""
    empty = Latest(each.code, each.title, "points")
    headline = long_term_policy().headline
    shown = [
        after
        for after in long_term(organisation_id, today=today).afters
        if after.score.code == headline and after.change is not None
    ]
    if not shown:
        return empty
    change = max(shown, key=lambda after: after.change.n if after.change else 0).change
    assert change is not None
    return replace(
        empty, value=change.estimate, n=change.n, low=change.low, high=change.high,
        verdict=change.verdict if change.verdict != "cannot_tell" else "common", points=2,
        method=change.method, decimals=1,
    )  # fmt: skip


def _gap(organisation_id: int, each: Offered, today: date, now: datetime) -> Latest:
    """The widest gap that is more than chance, against the same gap a year before; when none is,
    that none is found is the value: 0."""
    measure = measures(organisation_id, on=today)[each.code.partition(":")[2]]
    empty = Latest(each.code, each.title, measure.unit or "points")
    period = equity_period(today)
    pages = equity_of(organisation_id, measure, until=today)
    compared = [(page.attribute, gap) for page in pages for gap in page.compared]
    if not compared:
        return empty
    told = replace(
        empty, start=period.start.first_day, stop=period.stop.first_day, decimals=1,
        method="largest gap at a false discovery rate of 5 %",
    )  # fmt: skip
    worse = [pair for pair in compared if pair[1].verdict == "worse"]
    if not worse:
        n = max(sum(gap.n for gap in page.gaps) for page in pages)
        return replace(told, value=0.0, n=n, verdict="common", of_what="none beyond chance")
    attribute, widest = max(worse, key=lambda pair: abs(pair[1].difference or 0))
    earlier = equity_of(organisation_id, measure, until=period.start.first_day)
    past = next(
        (gap for page in earlier if page.attribute == attribute for gap in page.compared
         if gap.group == widest.group), None,
    )  # fmt: skip
    low, high = sorted((abs(widest.low or 0), abs(widest.high or 0)))
    return replace(
        told, value=abs(widest.difference or 0), low=low, high=high, n=widest.n, points=2,
        verdict=_NARROWING.get(retested(measure, past, widest).verdict, "cannot_tell"),
        of_what=_group_words(attribute, widest),
    )  # fmt: skip


_NARROWING: Mapping[str, Verdict] = {"narrower": "better", "wider": "worse"}


def _group_words(attribute: str, gap: Gap) -> str:
    return f"{attribute.replace('_', ' ')}: {gap.group}"


def _cost(organisation_id: int, each: Offered, today: date, now: datetime) -> Latest:
    """An amount is counted, not sampled: it has no interval; its months have ordinary limits."""
    from wellheard.measures.spc import xmr

    title = each.code.partition(":")[2]
    own = [row for row in costs(organisation_id) if row.title == title and row.month < today]
    empty = Latest(each.code, each.title, own[-1].unit if own else "")
    if not own:
        return empty
    last, values = own[-1], [float(row.amount) for row in own[-balance_policy().months :]]
    month = Month.containing(last.month)
    return replace(
        empty, value=float(last.amount), n=last.n, start=month.first_day,
        stop=month.plus(1).first_day, points=len(values), method="as the accounts say",
        verdict=_verdict(len(values), lambda: xmr(values, direction=each.direction or None)),
        decimals=2 if abs(last.amount) < 100 else 0,
    )  # fmt: skip


def _verdict(points: int, draw: Callable[[], ControlChart]) -> Verdict:
    if points < balance_policy().fewest_points:
        return "cannot_tell"
    return latest_signal(draw()).verdict


def _span(today: date) -> tuple[Month, Month]:
    stop = Month.containing(today)
    return stop.plus(-balance_policy().months), stop


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


Reader = Callable[[int, Offered, date, datetime], Latest]
_READERS: dict[str, Reader] = {
    "score": _score,
    "readmitted": _readmitted,
    "missed": _missed,
    "complaints": _complaints,
    "health": _health,
    "gap": _gap,
    "cost": _cost,
}
