"""A hospital among others by size: where everything in the funnel stands, in percent of its frame.

Percentages let the drawing follow the width of the page. CMS publishes shares rounded to whole
percent and the number of completes; counts are put together from both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.benchmarks.rules import Sized, like_sized

if TYPE_CHECKING:
    from wellheard.measures.spc.funnel import Funnel, FunnelUnit

MOST = 200
_FEWEST = 5
_STEPS = 40
_ROOM = 0.06


@dataclass(frozen=True, slots=True)
class Spot:
    """One hospital: percent across and down, and whether it lies beyond the limits."""

    x: str
    y: str
    place: str
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class FunnelDrawing:
    """The funnel ready for the page; without ``spots`` there was nothing to draw and ``says`` why.

    ``inner`` and ``outer`` are paths in a 100 x 100 box (95 % and 99.8 % limits).
    """

    says: str
    among: str
    basis: tuple[str, ...] = ()
    own: Spot | None = None
    spots: tuple[Spot, ...] = ()
    centre: str = ""
    inner: tuple[str, ...] = ()
    outer: tuple[str, ...] = ()
    across: tuple[Tick, ...] = ()
    along: tuple[Tick, ...] = ()
    beyond: tuple[Spot, ...] = ()


def funnel_of(code: str, state: str, sized: Sequence[Sized], among: str) -> FunnelDrawing:
    """Hospital ``code`` among those of its state ("state") or those of like size ("size")."""
    own = next((each for each in sized if each.code == code), None)
    among = among if among in ("state", "size") else "state"
    if own is None:
        return FunnelDrawing(_("Share or number of completed surveys was not published."), among)
    chosen = like_sized(own, sized, MOST)
    if among == "state":
        chosen = [each for each in sized if each.state == state]
    if len(chosen) < _FEWEST:
        return FunnelDrawing(_("Too few hospitals published this to draw a funnel."), among)
    return _drawn(own, chosen, among)


def _drawn(own: Sized, chosen: Sequence[Sized], among: str) -> FunnelDrawing:
    from wellheard.measures.errors import MeasureError
    from wellheard.measures.spc.funnel import funnel

    counts = [round(each.value * each.completes / 100) for each in chosen]
    try:
        found = funnel([each.code for each in chosen], counts, [each.completes for each in chosen])
    except MeasureError:
        return FunnelDrawing(_("Every hospital published the same figure."), among)
    return _placed(own, chosen, found, among)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Completes across on a square-root scale, as the limits narrow by the root; percent down."""

    largest: float
    bottom: float
    top: float

    def x(self, size: float) -> float:
        return 100 * math.sqrt(size / self.largest)

    def y(self, share: float) -> float:
        return 100 * (self.top - share) / (self.top - self.bottom)


def _placed(own: Sized, chosen: Sequence[Sized], found: Funnel, among: str) -> FunnelDrawing:
    shares = [unit.value for unit in found.units]
    room = max(max(shares) - min(shares), 0.02) * _ROOM
    frame = _Frame(
        max(each.completes for each in chosen) * 1.05,
        max(0.0, min(shares) - room),
        min(1.0, max(shares) + room),
    )
    spots = {
        unit.unit: _spot(unit, each, frame) for unit, each in zip(found.units, chosen, strict=True)
    }
    mine = spots.pop(own.code)
    return FunnelDrawing(
        says=_says(own, found),
        among=among,
        basis=_basis(chosen, found),
        own=mine,
        spots=tuple(spots.values()),
        centre=f"{frame.y(found.centre):.2f}%",
        inner=_limits(found, frame, 1.959964),
        outer=_limits(found, frame, 3.090232),
        across=_across(frame),
        along=_along(frame),
        beyond=tuple(spot for spot in spots.values() if spot.place in ("above", "below")),
    )


def _spot(unit: FunnelUnit, each: Sized, frame: _Frame) -> Spot:
    says = _("%(share)s of %(n)s") % {
        "share": figures.percent(each.value),
        "n": figures.number(each.completes),
    }
    return Spot(
        f"{frame.x(unit.size):.2f}%", f"{frame.y(unit.value):.2f}%", unit.place, each.name, says
    )


def _limits(found: Funnel, frame: _Frame, times: float) -> tuple[str, ...]:
    """The upper and lower line. Limits of one size are those of every unit of that size."""
    smallest = min(unit.size for unit in found.units)
    roots = [
        math.sqrt(smallest) + (math.sqrt(frame.largest) - math.sqrt(smallest)) * i / _STEPS
        for i in range(_STEPS + 1)
    ]
    chance = found.centre * (1 - found.centre)
    paths = []
    for sign in (1, -1):
        points = []
        for root in roots:
            size = root * root
            share = found.centre + sign * times * math.sqrt(chance / size + found.tau**2)
            inside = min(max(share, frame.bottom), frame.top)
            points.append(f"{frame.x(size):.2f} {frame.y(inside):.2f}")
        paths.append("M" + "L".join(points))
    return tuple(paths)


def _says(own: Sized, found: Funnel) -> str:
    unit = next(each for each in found.units if each.unit == own.code)
    words = {
        "within": _(
            "%(name)s lies where chance and size alone would put it: no different from the others."
        ),
        "above_inner": _(
            "%(name)s lies somewhat above the others (beyond the 95 %% limit, within 99.8 %%): "
            "worth a look, no proof."
        ),
        "below_inner": _(
            "%(name)s lies somewhat below the others (beyond the 95 %% limit, within 99.8 %%): "
            "worth a look, no proof."
        ),
        "above": _(
            "%(name)s lies above what chance and ordinary differences explain (99.8 %% limit)."
        ),
        "below": _(
            "%(name)s lies below what chance and ordinary differences explain (99.8 %% limit)."
        ),
    }[unit.place]
    return words % {"name": own.name}


def _basis(chosen: Sequence[Sized], found: Funnel) -> tuple[str, ...]:
    return (
        _("%s hospitals") % figures.number(len(chosen)),
        _("n %s completed surveys") % figures.number(sum(each.completes for each in chosen)),
        _("middle %s") % figures.percent(100 * found.centre, 1),
        _("limits 95 %% and 99.8 %%, %(method)s (spread between hospitals %(tau)s points)")
        % {"method": found.method, "tau": figures.number(100 * found.tau, 1)},
    )


def _across(frame: _Frame) -> tuple[Tick, ...]:
    step = next(s for s in (1, 2, 5, 10, 20, 50) if (frame.top - frame.bottom) * 100 / s <= 6)
    first = math.ceil(frame.bottom * 100 / step) * step
    shares = range(first, math.floor(frame.top * 100) + 1, step)
    return tuple(Tick(f"{frame.y(share / 100):.2f}%", figures.percent(share)) for share in shares)


def _along(frame: _Frame) -> tuple[Tick, ...]:
    sizes = [s for s in (100, 300, 1_000, 2_000, 4_000, 8_000) if s <= frame.largest]
    return tuple(Tick(f"{frame.x(size):.2f}%", figures.number(size)) for size in sizes)
