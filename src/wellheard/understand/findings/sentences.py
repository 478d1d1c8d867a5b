"""One sentence for each kind of finding, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wellheard.understand.equity.vocabulary import group_name as own_name
from wellheard.understand.scores.rules import Measure
from wellheard.understand.themes.vocabulary import theme_name

if TYPE_CHECKING:
    from wellheard.measures.signals import Bend, Contrast, Rise, Stop

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def level(
    kind: str,
    place: str | None,
    measure: Measure,
    start: date,
    sides: tuple[float, float],
    bend: Bend,
    also: Sequence[str],
    *,
    sure: bool = True,
) -> str:
    """A shift or trend of one place, or of everybody (``place`` None)."""
    parts = {
        "place": place,
        "measure": measure.title,
        "since": formats.date_format(start, "F Y"),
        "before": _value(measure, sides[0]),
        "after": _value(measure, sides[1]),
        "size": _size(bend.estimate, bend.low, bend.high),
        "n": _number(bend.n_before + bend.n_after),
    }
    if place is None:
        return _of_everybody(kind, bend.estimate > 0) % parts + _others(also) + _how_sure(sure)
    words = {
        ("shift", True): _(
            "%(place)s. %(measure)s rose about %(since)s, from %(before)s to %(after)s: %(size)s "
            "against the other places (n %(n)s)."
        ),
        ("shift", False): _(
            "%(place)s. %(measure)s fell about %(since)s, from %(before)s to %(after)s: %(size)s "
            "against the other places (n %(n)s)."
        ),
        ("trend", True): _(
            "%(place)s. %(measure)s has been rising slowly since %(since)s, from %(before)s to "
            "%(after)s: %(size)s in all against the other places (n %(n)s)."
        ),
        ("trend", False): _(
            "%(place)s. %(measure)s has been falling slowly since %(since)s, from %(before)s to "
            "%(after)s: %(size)s in all against the other places (n %(n)s)."
        ),
    }[kind, bend.estimate > 0]
    return words % parts + _others(also) + _how_sure(sure)


def _of_everybody(kind: str, is_up: bool) -> str:
    return {
        ("shift", True): _(
            "Everywhere. %(measure)s rose about %(since)s, from %(before)s to %(after)s: %(size)s "
            "at most places alike, beyond what a season explains (n %(n)s)."
        ),
        ("shift", False): _(
            "Everywhere. %(measure)s fell about %(since)s, from %(before)s to %(after)s: %(size)s "
            "at most places alike, beyond what a season explains (n %(n)s)."
        ),
        ("trend", True): _(
            "Everywhere. %(measure)s has been rising slowly since %(since)s, from %(before)s to "
            "%(after)s: %(size)s in all at most places alike (n %(n)s)."
        ),
        ("trend", False): _(
            "Everywhere. %(measure)s has been falling slowly since %(since)s, from %(before)s to "
            "%(after)s: %(size)s in all at most places alike (n %(n)s)."
        ),
    }[kind, is_up]


def gap(
    site: str | None,
    measure: Measure,
    group: str,
    value: str,
    contrast: Contrast,
    also: Sequence[str],
    *,
    sure: bool = True,
) -> str:
    """One group against the others."""
    parts = {
        "site": site or _("Everywhere"),
        "measure": measure.title,
        "people": people(group, value),
        "size": _size(contrast.estimate, contrast.low, contrast.high),
        "n": _number(contrast.n),
    }
    words = (
        _(
            "%(site)s. %(measure)s is higher for %(people)s than for others "
            "at the same places: %(size)s (n %(n)s)."
        )
        if contrast.estimate > 0
        else _(
            "%(site)s. %(measure)s is lower for %(people)s than for others "
            "at the same places: %(size)s (n %(n)s)."
        )
    )
    return words % parts + _others(also) + _how_sure(sure)


def peak(
    place: str,
    measure: Measure,
    days: Sequence[int],
    begin: int,
    end: int,
    contrast: Contrast,
    n: int,
    began: date | None,
    ended: date | None,
    *,
    sure: bool = True,
) -> str:
    """A time of the week at one place."""
    parts = {
        "place": place,
        "measure": measure.title,
        "times": times_name(days, begin, end),
        "size": _size(contrast.estimate, contrast.low, contrast.high),
        "n": _number(n),
    }
    higher = contrast.estimate > 0
    if ended is not None:
        words = (
            _("%(place)s. Until %(until)s, %(measure)s was higher %(times)s than at other times: "
              "%(size)s; since then the difference is gone (n %(n)s).")
            if higher
            else _("%(place)s. Until %(until)s, %(measure)s was lower %(times)s than at other "
                   "times: %(size)s; since then the difference is gone (n %(n)s).")
        )  # fmt: skip
        return words % {**parts, "until": formats.date_format(ended, "F Y")} + _how_sure(sure)
    words = (
        _("%(place)s. %(measure)s is higher %(times)s than at other times: %(size)s (n %(n)s).")
        if higher
        else _("%(place)s. %(measure)s is lower %(times)s than at other times: %(size)s (n %(n)s).")
    )
    said = words % parts
    if began is not None:
        since = formats.date_format(began, "F Y")
        said += " " + _("It began about %(since)s.") % {"since": since}
    return said + _how_sure(sure)


def driver(
    measure: Measure, outcome: Measure, estimate: float, half: float, n: int, typical: float
) -> str:
    """What moves the overall rating."""
    return _(
        "%(outcome)s hangs on %(measure)s more than on anything else asked: of people who answer "
        "the rest alike, those with the best answer here give it %(size)s more often (n %(n)s); a "
        "usual question makes %(typical)s points."
    ) % {
        "outcome": outcome.title,
        "measure": _quoted(measure.title),
        "size": _size(estimate, estimate - half, estimate + half),
        "n": _number(n),
        "typical": f"{100 * typical:.0f}",
    }


def theme_rise(place: str | None, theme: str, start: date, rise: Rise) -> str:
    """A theme that comes up more."""
    parts = {
        "place": place or _("Everywhere"),
        "theme": _quoted(theme_name(theme)),
        "hits": _number(rise.hits),
        "of": _number(rise.of),
        "since": formats.date_format(start, "j F Y"),
        "before": _number(rise.hits_before),
        "before_of": _number(rise.of_before),
    }
    return (
        _(
            "%(place)s. %(theme)s comes up in %(hits)s of %(of)s comments since %(since)s; before, "
            "in %(before)s of %(before_of)s."
        )
        % parts
    )


def stop(place: str | None, group: str, start: date, found: Stop) -> str:
    """Somebody who is not heard any more."""
    name, _sign, value = group.partition("=")
    parts = {
        "place": place or _("Everywhere"),
        "since": formats.date_format(start, "j F Y"),
        "people": people(name, value),
        "value": value,
        "expected": _number(round(found.expected)),
    }
    if not group:
        return (
            _(
                "%(place)s. Hardly any answers since %(since)s; about %(expected)s were to be "
                "expected. Is the survey still sent, or was the place renamed?"
            )
            % parts
        )
    if name == "mode":
        return (
            _(
                "%(place)s. Hardly any answers by %(value)s since %(since)s; about %(expected)s "
                "were to be expected. Does this way of answering still work?"
            )
            % parts
        )
    return (
        _(
            "%(place)s. Hardly any answers of %(people)s since %(since)s; "
            "about %(expected)s were to be expected."
        )
        % parts
    )


def unheard(
    place: str, group: str, value: str, treated: int, expected: float, estimate: float
) -> str:
    """A group that is treated but not heard."""
    return _(
        "%(place)s. Treated but hardly heard: %(people)s (%(treated)s visits in a year). They "
        "answer %(ratio)s times as often as others; about %(expected)s answers were to be expected."
    ) % {
        "place": place,
        "people": people(group, value),
        "treated": _number(treated),
        "ratio": f"{estimate:.2f}",
        "expected": _number(round(expected)),
    }


def waiting_gap(
    site: str | None, group: str, value: str, days: float, others: float, ratio: str, n: int
) -> str:
    """A process that takes longer for some."""
    return _(
        "%(site)s. Concerns of %(people)s take longer to close: half take "
        "more than %(days)s days, others %(others)s; %(ratio)s times as long (n %(n)s)."
    ) % {
        "site": site or _("Everywhere"),
        "people": people(group, value),
        "days": f"{days:.0f}",
        "others": f"{others:.0f}",
        "ratio": ratio,
        "n": _number(n),
    }


def trouble(
    place: str, stream: str, question: str, ratios: tuple[float, float, float], n: int
) -> str:
    """A place with good scores and much trouble; ``ratios``: estimate, low, high."""
    ratio, low, high = ratios
    told = stream_name(stream)
    if question:
        told = _("people report a problem with %(question)s") % {"question": _quoted(question)}
    return _(
        "%(place)s. The scores are good, yet %(stream)s here %(ratio)s times as often as at other "
        "places (%(low)s to %(high)s, n %(n)s)."
    ) % {
        "place": place,
        "stream": told,
        "ratio": f"{ratio:.1f}",
        "low": f"{low:.1f}",
        "high": f"{high:.1f}",
        "n": _number(n),
    }


def stream_name(stream: str) -> str:
    """What is counted, as the middle of a sentence."""
    return {
        "problems": _("people report a problem"),
        "complaints": _("people complain"),
        "critical": _("comments are critical"),
        "no_shows": _("people do not come"),
    }[stream]


def people(group: str, value: str) -> str:
    """Those of one group, as the middle of a sentence."""
    if group == "language":
        return _("people who speak %(language)s") % {"language": own_name(group, value)}
    return _("people with %(group)s %(value)s") % {"group": group_name(group), "value": value}


def group_name(group: str) -> str:
    """The name of a group of people, as the middle of a sentence."""
    return {
        "language": _("language"),
        "age_band": _("age"),
        "sex": _("sex"),
        "ethnicity": _("origin"),
        "payer": _("payer"),
        "mode": _("way of answering"),
    }.get(group, group)


def times_code(days: Sequence[int], begin: int, end: int) -> str:
    """ "Monday 08:00-12:00", for programs: English, always the same."""
    named = "every day" if len(days) == 7 else "+".join(_DAYS[day] for day in days)
    return named if (begin, end) == (0, 24) else f"{named} {begin:02d}:00-{end:02d}:00"


def times_name(days: Sequence[int], begin: int, end: int) -> str:
    """ "on Mondays from 8 to 12", as the middle of a sentence."""
    names = (
        _("on Mondays"), _("on Tuesdays"), _("on Wednesdays"), _("on Thursdays"),
        _("on Fridays"), _("on Saturdays"), _("on Sundays"),
    )  # fmt: skip
    if len(days) == 7:
        named = _("every day")
    elif len(days) == 2:
        named = _("at weekends")
    else:
        named = names[days[0]]
    if (begin, end) == (0, 24):
        return named
    return _("%(days)s from %(begin)s to %(end)s o'clock") % {
        "days": named, "begin": begin, "end": end,
    }  # fmt: skip


def _others(also: Sequence[str]) -> str:
    if not also:
        return ""
    return " " + ngettext(
        "%(count)s other question tells the same.",
        "%(count)s other questions tell the same.",
        len(also),
    ) % {"count": len(also)}


def _how_sure(sure: bool) -> str:
    """What is likely only says so."""
    return "" if sure else " " + _("Not certain yet: about one in three such is chance.")


def _size(estimate: float, low: float, high: float) -> str:
    """ "9 points (6 to 12)", whichever way it goes."""
    first, second = sorted((abs(low), abs(high)))
    if low * high < 0:
        first = 0.0
    return _("%(size)s points (%(low)s to %(high)s)") % {
        "size": f"{abs(estimate):.0f}",
        "low": f"{first:.0f}",
        "high": f"{second:.0f}",
    }


def _value(measure: Measure, value: float) -> str:
    unit = " %" if measure.statistic == "top_box" else ""
    return f"{value:.0f}{unit}"


def _number(value: float) -> str:
    return formats.number_format(round(value), use_l10n=True, force_grouping=True)


def _quoted(words: str) -> str:
    return f"“{words}”"
