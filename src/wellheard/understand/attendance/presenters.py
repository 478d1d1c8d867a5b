"""Missed appointments in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.measures.intervals import Proportion, wilson
from wellheard.measures.strata import StratifiedDifference
from wellheard.people.places.models import Place
from wellheard.understand.attendance.queries import missed_measure
from wellheard.understand.attendance.rules import CODES, LEFT_OUT, Reminded, Why
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.rules import Measure

_MISSED = (CODES["no_show"], CODES["late_cancel"])


def measure() -> Measure:
    """What is charted."""
    return missed_measure(_("Missed appointments"), _("missed or cancelled too late"))


def rows_of(places: list[Place], counts: Mapping[int, Counts]) -> list[dict[str, Any]]:
    """One line for each place with appointments, by name: places are not ranked."""
    return [{"place": place, **row_of(counts[place.pk])} for place in places if place.pk in counts]


def row_of(counts: Counts) -> dict[str, str]:
    """Those due, and the shares of them that were missed: in all, by not coming, by cancelling
    too late."""
    no_show, late = (counts.among(frozenset({code})) for code in _MISSED)
    return {
        "due": figures.number(counts.n),
        "missed": share_words(wilson(no_show + late, counts.n)),
        "no_show": share_words(wilson(no_show, counts.n)),
        "late": share_words(wilson(late, counts.n)),
    }


def share_words(share: Proportion | None) -> str:
    """ "18 % (n 412, 15–22)"; the words for too few."""
    if share is None:
        return _("too few to show")
    return figures.figure(
        100 * share.estimate, n=round(share.n), low=100 * share.low, high=100 * share.high
    )


def left_out_lines(left_out: Mapping[str, int]) -> list[str]:
    """What is not in the denominator, and how much of it."""
    words = {
        "in_good_time": _("%(n)s cancelled in good time"),
        "by_us": _("%(n)s called off by the clinic"),
        "when_unknown": _("%(n)s cancelled, nobody said when"),
        "not_told": _("%(n)s of which nobody said what became"),
    }
    return [words[why] % {"n": _count(left_out[why])} for why in LEFT_OUT if left_out.get(why)]


def reminder_lines(found: list[Reminded]) -> list[dict[str, str]]:
    """Each kind of reminder with its share and its difference to none."""
    names = {
        "none": _("No reminder"),
        "sent": _("Sent, not known to be seen"),
        "seen": _("Seen"),
    }
    return [
        {
            "name": names[each.reminder],
            "missed": share_words(each.missed),
            "against": against_words(each.against_none) if each.reminder != "none" else "",
        }
        for each in found
    ]


def against_words(found: StratifiedDifference | None) -> str:
    """ "−6.4 points (−13.1 to 0.4)", with what may be said of it."""
    if found is None:
        return _("cannot tell")
    points = figures.signed(100 * found.estimate)
    interval = figures.interval(100 * found.low, 100 * found.high, 1)
    words = _("cannot tell")
    if found.high < 0:
        words = _("fewer missed")
    elif found.low > 0:
        words = _("more missed")
    said = _("%(points)s points (%(interval)s)") % {"points": points, "interval": interval}
    return f"{figures.isolate(said)}: {words}"


def reason_lines(found: list[Why]) -> list[dict[str, str]]:
    """Reasons told, the most frequent first; those of too few people in one line, uncounted."""
    shown = [
        {"name": reason_words(why.reason), "share": share_words(why.share)}
        for why in found
        if why.share is not None
    ]
    few = [reason_words(why.reason) for why in found if why.share is None]
    return shown + ([{"name": ", ".join(few), "share": share_words(None)}] if few else [])


def reason_words(code: str) -> str:
    """A reason as people read it."""
    return {
        "": _("No reason told"),
        "illness": _("Too ill to come"),
        "recovered": _("Well again"),
        "transport": _("No way to get there"),
        "work": _("Work or somebody to care for"),
        "forgot": _("Forgot"),
        "cost": _("Cost"),
        "elsewhere": _("Went elsewhere"),
        "other": _("Something else"),
    }.get(code, code)


def _count(many: int) -> str:
    few = load_policy().minimum_group
    return _("fewer than %(n)s") % {"n": few} if many < few else figures.number(many)
