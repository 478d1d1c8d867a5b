"""Access by distance and mobility in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.measures.intervals import Difference
from wellheard.understand.equity.access import MISSED, Access, By, worse_gaps
from wellheard.understand.equity.presenters import score_words
from wellheard.understand.equity.vocabulary import verdict_words


def lines(access: Access) -> list[dict[str, Any]]:
    """Each group, the reference first; none when there is nothing to set beside it."""
    gaps = access.gaps.gaps if access.gaps.compared else ()
    return [
        {
            "name": group_words(access.by, gap.group),
            "missed": score_words(MISSED, gap),
            "difference": ""
            if gap.difference is None
            else f"{figures.signed(gap.difference, 0)} ({figures.interval(gap.low, gap.high)})",
            "says": verdict_words(gap.verdict),
            "kind": {"worse": "worse", "better": "better"}.get(gap.verdict, "plain"),
            "since": _since(access, gap.group),
            "remote": _remote(access, gap.group),
            "remote_change": _change(access.remote_change.get(gap.group)),
            "remote_missed": _change(access.remote_missed.get(gap.group)),
        }
        for gap in gaps
    ]


def _since(access: Access, group: str) -> str:
    retest = access.retests.get(group)
    if retest is None or retest.change is None:
        return ""
    says = {"narrower": _("narrower"), "wider": _("wider")}.get(retest.verdict, _("cannot tell"))
    change = figures.signed(retest.change, 0)
    return f"{says}: {change} ({figures.interval(retest.low, retest.high)})"


def _remote(access: Access, group: str) -> str:
    found = access.remote.get(group)
    if found is None:
        return ""
    low, high = 100 * found.low, 100 * found.high
    return figures.figure(100 * found.estimate, n=round(found.n), low=low, high=high)


def _change(found: Difference | None) -> str:
    """Points with their interval; nothing where it may not be told."""
    if found is None:
        return ""
    low, high = 100 * found.low, 100 * found.high
    return f"{figures.signed(100 * found.estimate, 0)} ({figures.interval(low, high)})"


def group_words(by: By, group: str) -> str:
    """A distance as it is, a way of moving in words."""
    if by == "travel" or not group:
        return group or _("Not said")
    return {
        "none": _("Moves without help"),
        "aid": _("Walks with an aid"),
        "wheelchair": _("Uses a wheelchair"),
        "housebound": _("Cannot leave home"),
    }.get(group, group)


def sentences(access: Access) -> list[str]:
    """One for each group that misses more."""
    words = {
        "travel": _("%(group)s from home: %(points)s points more missed than %(reference)s"),
        "mobility": _("%(group)s: %(points)s points more missed than “%(reference)s”"),
    }[access.by]
    return [
        words
        % {
            "group": group_words(access.by, gap.group),
            "points": figures.number(gap.difference),
            "reference": group_words(access.by, access.gaps.reference or ""),
        }
        for gap in worse_gaps(access)
    ]
