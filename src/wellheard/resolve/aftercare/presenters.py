"""The words of the page about handling."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages.figures import number, percent
from wellheard.resolve.aftercare.queries import QUESTIONS, Asked, Ending
from wellheard.resolve.aftercare.vocabulary import after_closing

_FEW = 10
_QUESTIONS = {
    "justice_outcome": gettext_lazy("Fair result"),
    "justice_procedure": gettext_lazy("Fair way"),
    "justice_treatment": gettext_lazy("Fair treatment"),
    "confidence": gettext_lazy("Trusts us"),
    "return": gettext_lazy("Would return"),
}
_ENDINGS = {
    "satisfied": gettext_lazy("Resolved: the person is satisfied"),
    "appropriate_action": gettext_lazy("Appropriate action, not satisfied"),
    "no_contact": gettext_lazy("Action taken, not reached"),
}
_DROPPED = {
    "reopened": gettext_lazy("Taken up again"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "died": gettext_lazy("The person has died"),
    "unreachable": gettext_lazy("No address we may use"),
    "no_place": gettext_lazy("About no place"),
    "told_already": gettext_lazy("Told us on their page"),
    "asked_before": gettext_lazy("Asked once before"),
}


def figures(found: Asked) -> list[tuple[str, str]]:
    """The counts, few of them not told from one another."""
    lines = [
        (_("Waiting to be asked"), _count(found.waiting)),
        (_("Asked"), _count(found.asked)),
        (_("Answered"), _count(found.answered)),
    ]
    for why, many in sorted(found.dropped.items()):
        lines.append((_("Not asked: %(why)s") % {"why": _DROPPED[why]}, _count(many)))
    return lines


def question_words() -> list[str]:
    """The heads of the table, in the order of its columns."""
    return [str(_QUESTIONS[code]) for code in QUESTIONS]


def lines(found: list[Ending]) -> list[dict[str, Any]]:
    """One line for each way cases end."""
    return [
        {
            "ending": str(_ENDINGS.get(each.ending, each.ending)),
            "answered": _count(each.answered),
            "shares": [_share(each, code) for code in QUESTIONS],
        }
        for each in found
    ]


def _share(ending: Ending, code: str) -> str:
    share = ending.shares.get(code)
    if share is None:
        return "–"
    value, low, high = (percent(100 * part) for part in (share.estimate, share.low, share.high))
    return f"{value} ({low}–{high})"


def _count(many: int) -> str:
    few = after_closing().shown_from
    return _("fewer than %(n)s") % {"n": few} if 0 < many < few else number(many)
