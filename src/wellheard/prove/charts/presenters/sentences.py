"""One plain sentence for a chart, and the words for its parts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wellheard.base.pages import figures
from wellheard.prove.charts.rules import Point, Series, Signal, latest_signal, on_side
from wellheard.understand.scores.rules import Measure, Score

if TYPE_CHECKING:
    from wellheard.measures.spc import ControlChart

_LOOK_BACK = 8


def sentence(series: Series, chart: ControlChart) -> str:
    """The chart in one sentence: the state, since when, by what sign, the newest figure with n."""
    signal = latest_signal(chart)
    parts = {
        "measure": series.measure.title,
        "state": _state(signal, series, chart),
        "sign": _sign(signal, series, chart),
        "newest": _newest(series),
    }
    said = _("%(measure)s: %(state)s; %(sign)s. %(newest)s.") % parts
    return said if not chart.trial else f"{said} {_trial(series, chart)}"


def brief(series: Series, chart: ControlChart) -> str:
    """The same without the measure's name and newest figure, for where both stand beside it."""
    signal = latest_signal(chart)
    said = _("%(state)s; %(sign)s.") % {
        "state": _sentence_start(_state(signal, series, chart)),
        "sign": _sign(signal, series, chart),
    }
    return said if not chart.trial else f"{said} {_trial(series, chart)}"


def too_few(series: Series) -> str:
    """What to say when there are not enough points for a chart."""
    if not series.points:
        return _("%(measure)s: too few answers to show a figure yet.") % {
            "measure": series.measure.title
        }
    return _("%(measure)s: %(newest)s. Too few periods to tell a change from chance.") % {
        "measure": series.measure.title,
        "newest": _newest(series),
    }


def _state(signal: Signal, series: Series, chart: ControlChart) -> str:
    since = period_name(series.points[signal.since], series.step)
    if signal.kind == "steady" and chart.rebases:
        return _("at a new level since %(since)s, %(now)s on average and %(before)s before") % {
            "since": since,
            "now": unit_value(series.measure, _shown(chart.centre[-1], chart)),
            "before": unit_value(
                series.measure, _shown(chart.centre[chart.rebases[-1].at - 1], chart)
            ),
        }
    if signal.kind == "steady":
        return _("steady since %(since)s") % {"since": since} if signal.since else _("steady")
    words = {
        "better": _("better since %(since)s"),
        "worse": _("worse since %(since)s"),
        "neutral": _("changed since %(since)s"),
    }
    return words[signal.verdict] % {"since": since}


def _sign(signal: Signal, series: Series, chart: ControlChart) -> str:
    if signal.kind == "steady":
        return _("all within the ordinary range, %(low)s to %(high)s") % {
            "low": unit_value(series.measure, _shown(chart.lower[-1], chart)),
            "high": unit_value(series.measure, _shown(chart.upper[-1], chart)),
        }
    if signal.kind == "outside":
        return _("above what chance explains") if signal.high else _("below what chance explains")
    if signal.kind == "trend":
        return _("rising 7 in a row") if signal.high else _("falling 7 in a row")
    if signal.kind == "close_to_limit":
        return (
            _("2 of the last 3 close to the upper limit")
            if signal.high
            else _("2 of the last 3 close to the lower limit")
        )
    return _run(signal, series, chart)


def _run(signal: Signal, series: Series, chart: ControlChart) -> str:
    last = min(_LOOK_BACK, len(series.points))
    count = on_side(chart.values, chart.centre, last, high=signal.high)
    words = {
        ("month", True): _("%(count)s of the last %(all)s months above the average of %(mean)s"),
        ("month", False): _("%(count)s of the last %(all)s months below the average of %(mean)s"),
        ("week", True): _("%(count)s of the last %(all)s weeks above the average of %(mean)s"),
        ("week", False): _("%(count)s of the last %(all)s weeks below the average of %(mean)s"),
    }[series.step, signal.high]
    mean = unit_value(series.measure, _shown(chart.centre[-1], chart))
    return words % {"count": count, "all": last, "mean": mean}


def _newest(series: Series) -> str:
    return _("%(period)s: %(figure)s %(says)s") % {
        "period": _sentence_start(period_name(series.last, series.step)),
        "figure": figure_of(series.last.score),
        "says": series.measure.says,
    }


def _sentence_start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _trial(series: Series, chart: ControlChart) -> str:
    points = len(series.points) - (chart.rebases[-1].at if chart.rebases else 0)
    words = {
        "month": ngettext(
            "Only %(count)s month so far, so these are trial limits.",
            "Only %(count)s months so far, so these are trial limits.",
            points,
        ),
        "week": ngettext(
            "Only %(count)s week so far, so these are trial limits.",
            "Only %(count)s weeks so far, so these are trial limits.",
            points,
        ),
    }[series.step]
    return words % {"count": points}


def figure_of(score: Score) -> str:
    """ "63 % (n 83, 52-73)"."""
    unit = "" if score.measure.statistic == "mean" else score.measure.unit
    return figures.figure(score.estimate, n=score.n, low=score.low, high=score.high, unit=unit)


def unit_value(measure: Measure, value: float) -> str:
    """A value in the measure's unit: "63 %", "31 points"."""
    return figures.with_unit(value, measure.unit)


def period_name(point: Point, step: str) -> str:
    """ "October 2026"; "July to August 2026" where months were joined; "week of 5 October 2026"."""
    if step == "week":
        return _("the week of %(day)s") % {"day": figures.long_date(point.start)}
    last = point.stop - timedelta(days=1)
    if (last.year, last.month) == (point.start.year, point.start.month):
        return month_name(point.start)
    if last.year == point.start.year:
        return _("%(first)s to %(last)s") % {
            "first": formats.date_format(point.start, "F"),
            "last": month_name(last),
        }
    return _("%(first)s to %(last)s") % {"first": month_name(point.start), "last": month_name(last)}


def month_name(day: date) -> str:
    """ "October 2026"."""
    return formats.date_format(day, "F Y")


def _shown(value: float, chart: ControlChart) -> float:
    """Shares are charted as 0-1 and read as percent."""
    return 100 * value if chart.kind in ("p", "p_prime") else value
