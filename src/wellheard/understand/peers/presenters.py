"""Figures of peers side by side, ready for the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.peers.queries import Comparison
from wellheard.understand.peers.rules import PeerFigure, Placed


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure of one organisation: in words, and where it lies in percent of the scale."""

    name: str
    is_ours: bool
    words: str
    at: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """One measure: our bar first, then the peers'; how it was counted."""

    title: str
    bars: tuple[Bar, ...]
    says: str
    method: str


def boards_of(comparisons: Iterable[Comparison], ours: str) -> list[Board]:
    """A board for each of our figures."""
    return [_board(each, ours) for each in comparisons]


def _board(each: Comparison, ours: str) -> Board:
    bars = [_bar(ours, each.own, is_ours=True), *(_peer(placed) for placed in each.peers)]
    return Board(each.own.title, tuple(bars), _says(each), f"{each.own.method}, "
                 f"{each.own.adjustment}")  # fmt: skip


def _bar(name: str, figure: PeerFigure, *, is_ours: bool = False) -> Bar:
    unit = "%" if figure.statistic == "top_box" else ""
    words = figures.figure(figure.estimate, n=figure.n, low=figure.low, high=figure.high, unit=unit)
    at, low, high = (_place(figure, value) for value in (figure.estimate, figure.low, figure.high))
    return Bar(name, is_ours, words, at, low, high)


def _place(figure: PeerFigure, value: float) -> str:
    share = (value + 100) / 2 if figure.statistic == "nps" else value
    return f"{share:.2f}"


def _peer(placed: Placed) -> Bar:
    if placed.figure is not None:
        return _bar(placed.peer, placed.figure)
    reasons = {
        "definition": _("counts this measure in another way, so it is not compared"),
        "absent": _("gave no such figure"),
    }
    return Bar(placed.peer, False, reasons[placed.refused])


def _says(each: Comparison) -> str:
    """How ours lies among theirs, by intervals that do not touch; never a rank."""
    known = [placed.figure for placed in each.peers if placed.figure is not None]
    if not known:
        return _("No peer has a figure that may stand beside ours.")
    above = sum(each.own.low > figure.high for figure in known)
    below = sum(each.own.high < figure.low for figure in known)
    unclear = len(known) - above - below
    return _(
        "Clearly above %(above)s, clearly below %(below)s, cannot tell from %(unclear)s of "
        "%(of)s peers (intervals that touch)."
    ) % {"above": above, "below": below, "unclear": unclear, "of": len(known)}
