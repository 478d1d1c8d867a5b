"""Waits in words, and as lines to be charted."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.measures.intervals import wilson
from wellheard.measures.waits import MeanDifference, Waits, waits_of
from wellheard.people.places.models import Place
from wellheard.understand.attendance.presenters import share_words
from wellheard.understand.attendance.rules import missed_codes
from wellheard.understand.facts.slices import Counts, Month
from wellheard.understand.scores.lines import Line, LinePoint, counted_measure, is_low
from wellheard.understand.scores.rules import NOT_ADJUSTED, Measure, Score
from wellheard.understand.themes.queries import Told
from wellheard.understand.waits.joined import Quarter, Said
from wellheard.understand.waits.queries import PlaceWaits
from wellheard.understand.waits.rules import Beside, Part, wait_policy


def rows_of(places: list[Place], found: dict[int, PlaceWaits]) -> list[dict[str, Any]]:
    """One line for each place that has waits, the longest first; those of which too little is
    known last."""
    rows = [_row(place, found[place.pk]) for place in places if place.pk in found]
    return sorted(rows, key=lambda row: (row["order"], row["place"].name))


def _row(place: Place, waits: PlaceWaits) -> dict[str, Any]:
    clocked = waits.clocked
    return {
        "place": place,
        "order": -clocked.median if clocked else 1.0,
        "median": median_words(clocked),
        "nine": figures.number(clocked.nine_of_ten) if clocked else figures.NO_VALUE,
        "long": long_words(clocked),
        "difference": difference_words(waits.difference),
    }


def figures_of(waits: PlaceWaits) -> dict[str, Any]:
    """Everything about one place's waits but the charts."""
    return {
        "median": median_words(waits.clocked),
        "until_room": median_words(waits.until_room),
        "in_room": median_words(waits.in_room),
        "long": long_words(waits.clocked),
        "difference": difference_words(waits.difference),
        "says": difference_sentence(waits.difference),
        "without": without_words(waits),
        "beside": beside_rows(waits),
    }


def median_words(waits: Waits | None) -> str:
    """ "14 (n 412, 12–15)"; a dash for too few."""
    if waits is None:
        return figures.NO_VALUE
    return figures.figure(waits.median, n=waits.n, low=waits.low, high=waits.high, unit="")


def long_words(waits: Waits | None) -> str:
    """The share that waited longer than the policy's limit."""
    if waits is None:
        return figures.NO_VALUE
    share = waits.long
    return figures.figure(
        100 * share.estimate, n=waits.n, low=100 * share.low, high=100 * share.high
    )


def difference_words(found: MeanDifference | None) -> str:
    """ "+6.2 (3.1–9.3; n 83 and 412)"; a dash where one side is missing."""
    if found is None:
        return figures.NO_VALUE
    return figures.isolate(
        _("%(gap)s (%(interval)s; n %(said)s and %(clocked)s)")
        % {
            "gap": figures.signed(found.estimate),
            "interval": figures.interval(found.low, found.high, 1),
            "said": figures.number(found.first_n),
            "clocked": figures.number(found.second_n),
        }
    )


def difference_sentence(found: MeanDifference | None) -> str:
    """What the difference means, no more than it shows."""
    if found is None:
        return _("There are not yet enough answers and visits of the same months to compare.")
    means = {
        "said": figures.number(found.first_mean, 1),
        "clocked": figures.number(found.second_mean, 1),
    }
    if found.low > 0:
        words = _(
            "People tell of longer waits (%(said)s minutes on average) than the clock shows "
            "(%(clocked)s)."
        )
    elif found.high < 0:
        words = _(
            "People tell of shorter waits (%(said)s minutes on average) than the clock shows "
            "(%(clocked)s)."
        )
    else:
        words = _(
            "What people tell (%(said)s minutes on average) and the clock (%(clocked)s) do not "
            "differ by more than chance explains."
        )
    return words % means


def without_words(waits: PlaceWaits) -> list[str]:
    """Why visits have no wait, with how many."""
    words = {
        "no_arrival": _("%(n)s visits without a time of arrival"),
        "not_seen": _("%(n)s visits without the time they were seen"),
        "out_of_order": _("%(n)s visits whose times are out of order"),
        "too_long": _("%(n)s visits with a wait too long to be true"),
    }
    return [words[why] % {"n": figures.number(n)} for why, n in sorted(waits.without.items()) if n]


def median_line(waits: PlaceWaits) -> Line:
    """The median wait of each month."""
    measure = _measured(
        "wait-measured",
        _("Measured wait in minutes"),
        _("minutes: half waited longer, half less"),
    )
    points = tuple(_median_point(measure, part) for part in waits.measured)
    return Line(measure, points, waits.withheld)


def difference_line(waits: PlaceWaits) -> Line:
    """What people tell less what was measured, month by month."""
    measure = _measured(
        "wait-difference",
        _("Told minus measured wait in minutes"),
        _("minutes between the two averages"),
    )
    points = tuple(_difference_point(measure, each) for each in waits.beside)
    return Line(measure, points, waits.withheld)


def beside_rows(waits: PlaceWaits) -> list[dict[str, str]]:
    """Both waits and their difference, month by month, the newest first."""
    return [
        {
            "months": months_words(each.start, each.stop),
            "told": figures.number(each.difference.first_mean, 1),
            "measured": figures.number(each.difference.second_mean, 1),
            "difference": difference_words(each.difference),
        }
        for each in reversed(waits.beside)
    ]


def months_words(start: Month, stop: Month) -> str:
    """ "March 2026"; "January to March 2026" where months stand together."""
    last = stop.plus(-1)
    if last == start:
        return formats.date_format(start.first_day, "F Y")
    return _("%(first)s to %(last)s") % {
        "first": formats.date_format(start.first_day, "F"),
        "last": formats.date_format(last.first_day, "F Y"),
    }


def quarter_rows(quarters: list[Quarter]) -> list[dict[str, str]]:
    """Quarters in words, the newest first."""
    return [
        {
            "months": months_words(each.start, each.stop),
            "median": median_words(each.waits),
            "difference": difference_words(each.difference),
            "missed": _missed_words(each.due),
            "comments": _said_words(each.comments),
            "complaints": _said_words(each.complaints),
        }
        for each in quarters
    ]


def _missed_words(due: Counts | None) -> str:
    if due is None:
        return figures.NO_VALUE
    return share_words(wilson(due.among(missed_codes()), due.n))


def _said_words(said: Said | None) -> str:
    """How many, and how many of them about waiting; a dash for who may not count them."""
    if said is None:
        return figures.NO_VALUE
    return _("%(waiting)s of %(n)s") % {
        "waiting": figures.number(said.waiting),
        "n": figures.number(said.n),
    }


def quotes(found: list[Told]) -> list[dict[str, Any]]:
    """Comments as quotes, each leading to its page."""
    return [
        {
            "text": each.text,
            "language": each.comment.language,
            "at": each.comment.received_at.date(),
            "url": reverse("intake:comment", args=[each.comment.pk]),
        }
        for each in found
    ]


def _measured(code: str, title: str, says: str) -> Measure:
    policy = wait_policy()
    return counted_measure(
        code=code, title=title, says=says, source=policy.source,
        effective_from=policy.effective_from,
    )  # fmt: skip


def _median_point(measure: Measure, part: Part) -> LinePoint:
    found = waits_of(part.minutes, limit=wait_policy().long_minutes)
    score = Score(
        measure, found.n, found.median, found.low, found.high, found.level, found.method,
        NOT_ADJUSTED, is_low(found.n),
    )  # fmt: skip
    return LinePoint(
        part.start.first_day, part.stop.first_day, score, Counts.of(dict(part.minutes))
    )


def _difference_point(measure: Measure, each: Beside) -> LinePoint:
    gap = each.difference
    n = min(gap.first_n, gap.second_n)
    score = Score(
        measure, n, gap.estimate, gap.low, gap.high, gap.level,
        _("difference of means, %(method)s") % {"method": gap.method}, NOT_ADJUSTED, is_low(n),
    )  # fmt: skip
    return LinePoint(
        each.start.first_day, each.stop.first_day, score, Counts.of(dict(each.reported))
    )
