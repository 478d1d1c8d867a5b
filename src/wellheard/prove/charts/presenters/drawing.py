"""Where everything in a chart stands, in percent of its frame; the template writes the SVG.

Percentages let the drawing follow the width of the page while words and marks keep their size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.prove.charts.presenters.frame import Frame, Scaled, Tick
from wellheard.prove.charts.presenters.sentences import (
    brief,
    figure_of,
    period_name,
    sentence,
    too_few,
    unit_value,
)
from wellheard.prove.charts.rules import (
    ChartPolicy,
    NewLevels,
    Point,
    Series,
    chart_of,
    latest_signal,
    may_chart,
    verdict_of,
)

if TYPE_CHECKING:
    from wellheard.measures.spc import ControlChart

_LABELS = 7


@dataclass(frozen=True, slots=True)
class Mark:
    """One point: its place, its verdict, what it says when it is pointed at or focused."""

    x: str
    y: str
    verdict: str
    says: str
    few: bool
    first: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """One point in the table beneath the chart."""

    period: str
    value: str
    interval: str
    n: int
    limits: str
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart ready for the page. Without marks there was too little to draw, and `says` says so.

    `line`, `centre` and `band` are in the 100 x 100 box of the frame.
    """

    key: str
    title: str
    says: str
    brief: str
    verdict: str
    n: str
    basis: tuple[str, ...]
    data_to: date | None
    marks: tuple[Mark, ...] = ()
    line: str = ""
    centre: str = ""
    band: str = ""
    upper: str = ""
    lower: str = ""
    across: tuple[Tick, ...] = ()
    along: tuple[Tick, ...] = ()
    rows: tuple[TableRow, ...] = ()
    newest: str = ""
    values: tuple[float, ...] = ()
    average: float | None = None
    # The newest lower and upper limit, in the unit that is shown.
    limits: tuple[float, float] | None = None
    events: tuple[Tick, ...] = ()
    # Where the question became another one: a line across the chart, and its sentence.
    seams: tuple[Tick, ...] = ()
    seam_words: tuple[str, ...] = ()


Events = Sequence[tuple[str, date]]


def drawing_of(
    series: Series, policy: ChartPolicy, events: Events = (), new_levels: NewLevels = ()
) -> Drawing:
    """The chart of a series, or the words that there is too little for one.

    ``events``: letters and days of what happened, each drawn as a line across the chart;
    ``new_levels``: days from which limits are set anew, with the recorded reason.
    """
    key = series.measure.code
    if not may_chart(series, policy):
        return Drawing(
            key=key,
            title=series.measure.title,
            says=too_few(series),
            brief=too_few(series),
            verdict="common",
            n=figures.number(series.n),
            basis=(),
            data_to=_last_day(series),
            newest=figure_of(series.last.score) if series.points else "",
            values=tuple(point.score.estimate for point in series.points),
        )
    return _drawn(series, chart_of(series, policy, new_levels), events)


def _drawn(series: Series, chart: ControlChart, events: Events) -> Drawing:
    scaled = Scaled.of(chart)
    frame = Frame.around(scaled, len(series.points))
    return Drawing(
        key=series.measure.code,
        title=series.measure.title,
        says=sentence(series, chart),
        brief=brief(series, chart),
        verdict=latest_signal(chart).verdict,
        n=figures.number(series.n),
        basis=_basis(series, chart),
        data_to=_last_day(series),
        marks=tuple(_marks(series, chart, scaled, frame)),
        line=frame.path(scaled.values),
        centre=frame.steps(scaled.centre),
        band=frame.band(scaled.lower, scaled.upper),
        upper=frame.steps(scaled.upper),
        lower=frame.steps(scaled.lower),
        across=frame.across(series),
        along=tuple(_along(series.points, frame)),
        rows=tuple(_rows(series, chart, scaled)),
        newest=figure_of(series.last.score),
        values=scaled.values,
        average=scaled.centre[-1],
        limits=(scaled.lower[-1], scaled.upper[-1]),
        events=tuple(_events(series, frame, events)),
        seams=tuple(_events(series, frame, [(seam.mark, seam.day) for seam in series.seams])),
        seam_words=tuple(_seam_words(series)),
    )


def _events(series: Series, frame: Frame, events: Events) -> Iterator[Tick]:
    """Each event between the points it happened among; those outside the chart are left out."""
    points = series.points
    for letter, day in events:
        if not points[0].start <= day < points[-1].stop:
            continue
        at = max(i for i, point in enumerate(points) if point.start <= day)
        length = (points[at].stop - points[at].start).days
        within = min((day - points[at].start).days / length, 1.0)
        position = min(max(at - 0.5 + within, 0.0), len(points) - 1.0)
        yield Tick(f"{frame.x(position):.2f}%", letter)


def _seam_words(series: Series) -> Iterator[str]:
    for seam in series.seams:
        if series.points[0].start <= seam.day < series.points[-1].stop:
            words = (
                _("%(mark)s, %(day)s: %(why)s was merged into this place; from then on both count.")
                if seam.of_place
                else _(
                    "%(mark)s, %(day)s: the question or the measure changed (%(why)s); "
                    "what is before and after is not the same thing."
                )
            )
            yield words % {
                "mark": seam.mark,
                "day": figures.long_date(seam.day),
                "why": seam.why,
            }


def _last_day(series: Series) -> date | None:
    return series.last.stop - timedelta(days=1) if series.points else None


def _marks(series: Series, chart: ControlChart, scaled: Scaled, frame: Frame) -> list[Mark]:
    return [
        Mark(
            x=f"{frame.x(i):.2f}%",
            y=f"{frame.y(value):.2f}%",
            verdict=verdict_of(chart.variations[i]),
            says=_point_says(point, series, chart, i),
            few=point.score.is_low,
            first=i == 0,
        )
        for i, (point, value) in enumerate(zip(series.points, scaled.values, strict=True))
    ]


def _point_says(point: Point, series: Series, chart: ControlChart, position: int) -> str:
    said = _("%(period)s: %(figure)s, %(verdict)s") % {
        "period": period_name(point, series.step),
        "figure": figure_of(point.score),
        "verdict": verdict_words(verdict_of(chart.variations[position])),
    }
    return _("%(said)s; few answers") % {"said": said} if point.score.is_low else said


def verdict_words(verdict: str) -> str:
    """What a verdict means, as the legend says it."""
    return {
        "common": _("ordinary variation"),
        "better": _("a change for the better"),
        "worse": _("a change for the worse"),
        "neutral": _("a change"),
    }[verdict]


def _along(points: Sequence[Point], frame: Frame) -> list[Tick]:
    """A few labels of the time axis, the first and the last among them."""
    count = len(points)
    stride = max(1, -(-(count - 1) // (_LABELS - 1)))
    chosen = sorted({*range(count - 1, -1, -stride), 0})
    if len(chosen) > 2 and chosen[1] < stride:
        chosen.pop(1)
    middle = chosen[len(chosen) // 2]
    return [
        Tick(
            f"{frame.x(i):.2f}%",
            formats.date_format(points[i].start, "M Y" if _names_year(points, i) else "M"),
            "start" if i == 0 else "end" if i == count - 1 else "middle",
            is_minor=i not in (0, middle, count - 1),
        )
        for i in chosen
    ]


def _names_year(points: Sequence[Point], position: int) -> bool:
    return position in (0, len(points) - 1)


def _rows(series: Series, chart: ControlChart, scaled: Scaled) -> list[TableRow]:
    measure = series.measure
    return [
        TableRow(
            period=period_name(point, series.step),
            value=unit_value(measure, point.score.estimate),
            interval=figures.interval(point.score.low, point.score.high),
            n=point.n,
            limits=figures.interval(scaled.lower[i], scaled.upper[i]),
            verdict=verdict_of(chart.variations[i]),
            words=verdict_words(verdict_of(chart.variations[i])),
        )
        for i, point in enumerate(series.points)
    ][::-1]


def _basis(series: Series, chart: ControlChart) -> tuple[str, ...]:
    """What the chart rests on, for the small print beneath it."""
    from wellheard.measures.spc import rule_set

    said = [
        chart.method,
        _("rules: %(rules)s") % {"rules": rule_set(chart.rules).title},
        series.last.score.method,
        series.last.score.adjustment,
    ]
    if series.withheld:
        said.append(
            _("groups of fewer than %(minimum)s people are joined or left out")
            % {"minimum": series.minimum}
        )
    return tuple(said)
