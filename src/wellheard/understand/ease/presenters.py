"""The ease of booking in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.measures.intervals import Proportion
from wellheard.understand.ease.queries import Ease


def lines(found: Ease) -> list[dict[str, str]]:
    """One line for each way of booking."""
    return [
        {
            "name": channel_words(each.channel),
            "asked": _("too few to show") if each.asked is None else figures.number(each.asked),
            "easy": share_words(each.easy),
            "once": share_words(each.once),
        }
        for each in found.channels
    ]


def share_words(share: Proportion | None) -> str:
    """ "78 % (n 412, 74–82)"; the words for too few."""
    if share is None:
        return _("too few to show")
    return figures.figure(
        100 * share.estimate, n=round(share.n), low=100 * share.low, high=100 * share.high
    )


def channel_words(code: str) -> str:
    """A way of booking as people read it."""
    return {
        "": _("Not told"),
        "telephone": _("By telephone"),
        "online": _("On the website"),
        "app": _("In the app"),
        "desk": _("At the desk"),
        "referral": _("By whoever referred them"),
        "other": _("Another way"),
    }.get(code, code)
