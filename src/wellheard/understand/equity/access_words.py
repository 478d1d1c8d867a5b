"""Access by distance in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.equity.access import MISSED, Access, worse_gaps
from wellheard.understand.equity.presenters import score_words
from wellheard.understand.equity.vocabulary import verdict_words


def lines(access: Access) -> list[dict[str, Any]]:
    """Each distance, the reference first; none when there is nothing to set beside it."""
    gaps = access.gaps.gaps if access.gaps.compared else ()
    return [
        {
            "name": gap.group or _("Not said"),
            "missed": score_words(MISSED, gap),
            "difference": ""
            if gap.difference is None
            else f"{figures.signed(gap.difference, 0)} ({figures.interval(gap.low, gap.high)})",
            "says": verdict_words(gap.verdict),
            "kind": {"worse": "worse", "better": "better"}.get(gap.verdict, "plain"),
            "since": _since(access, gap.group),
            "remote": _remote(access, gap.group),
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


def sentences(access: Access) -> list[str]:
    """One for each distance from which more is missed."""
    return [
        _("%(distance)s from home: %(points)s points more missed than %(reference)s")
        % {
            "distance": gap.group or _("Not said"),
            "points": figures.number(gap.difference),
            "reference": access.gaps.reference,
        }
        for gap in worse_gaps(access)
    ]
