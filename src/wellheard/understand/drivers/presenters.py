"""The priority matrix as a drawing and a table, and drivers in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.drivers.queries import Drivers, FoundDriver


@dataclass(frozen=True, slots=True)
class Dot:
    """One driver in the matrix: its place and its intervals in percent of the frame."""

    rank: int
    name: str
    x: str
    y: str
    left: str
    right: str
    top: str
    bottom: str
    place: str
    says: str
    first: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Importance up, performance across; ``line_x`` and ``line_y`` cut it into four fields."""

    dots: tuple[Dot, ...]
    line_x: str
    line_y: str
    left: str
    right: str
    top: str


def place_words(place: str) -> str:
    """What to do about a driver in this field of the matrix."""
    return {
        "first": _("work on first"),
        "keep": _("keep it up"),
        "watch": _("watch"),
        "leave": _("leave as it is"),
    }[place]


def warning_words(warning: str) -> str:
    """A warning of the analysis."""
    return {
        "hard to tell apart from other drivers": _("hard to tell apart from other drivers"),
        "most answers are already at the top of the scale": _(
            "most answers are already at the top of the scale"
        ),
    }.get(warning, warning)


def why_words(why: str) -> str:
    """Why drivers cannot be told."""
    return {
        "too_few": _(
            "Cannot tell: drivers need at least 100 people who answered all of these questions."
        ),
        "constant": _("Cannot tell: everybody gave the same answer."),
        "collinear": _("Cannot tell: two questions were always answered alike."),
        "": "",
    }[why]


def matrix_of(drivers: Drivers) -> Matrix | None:
    """The drawing, its axes just wide enough for every interval; None without drivers."""
    found = drivers.found
    if not found:
        return None
    left = min(*(each.performance_low for each in found), drivers.performance_line) - 4
    right = max(*(each.performance_high for each in found), drivers.performance_line) + 4
    left, right = max(0.0, left), min(100.0, right)
    top = max(each.high for each in found) * 1.08
    return Matrix(
        dots=tuple(_dot(each, left, right, top, i == 0) for i, each in enumerate(found)),
        line_x=_share(drivers.performance_line, left, right),
        line_y=_share(top - drivers.importance_line, 0, top),
        left=figures.number(left),
        right=figures.number(right),
        top=figures.percent(100 * top),
    )


def _dot(driver: FoundDriver, left: float, right: float, top: float, first: bool) -> Dot:
    return Dot(
        rank=driver.rank,
        name=driver.measure.title,
        x=_share(driver.performance, left, right),
        y=_share(top - driver.share, 0, top),
        left=_share(driver.performance_low, left, right),
        right=_share(driver.performance_high, left, right),
        top=_share(top - driver.high, 0, top),
        bottom=_share(top - driver.low, 0, top),
        place=driver.place,
        says=_says(driver),
        first=first,
    )


def _says(driver: FoundDriver) -> str:
    return _("%(name)s: share %(share)s, performance %(performance)s; %(place)s") % {
        "name": driver.measure.title,
        "share": _with_interval(100 * driver.share, 100 * driver.low, 100 * driver.high, "%"),
        "performance": _with_interval(
            driver.performance, driver.performance_low, driver.performance_high, ""
        ),
        "place": _place(driver),
    }


def _place(driver: FoundDriver) -> str:
    words = place_words(driver.place)
    return (
        words if driver.sure else _("%(place)s, but the interval crosses a line") % {"place": words}
    )


def driver_lines(drivers: Drivers) -> list[dict[str, Any]]:
    """The matrix as a table, in order of rank."""
    return [
        {
            "rank": driver.rank,
            "ranks": _ranks(driver),
            "name": driver.measure.title,
            "share": _with_interval(100 * driver.share, 100 * driver.low, 100 * driver.high, "%"),
            "performance": _with_interval(
                driver.performance, driver.performance_low, driver.performance_high, ""
            ),
            "place": place_words(driver.place),
            "code": driver.place,
            "sure": driver.sure,
            "warnings": [warning_words(each) for each in driver.warnings],
        }
        for driver in drivers.found
    ]


def sentence(drivers: Drivers) -> str:
    """The matrix in one sentence."""
    first = [each for each in drivers.found if each.place == "first" and each.sure]
    titles = ", ".join(each.measure.title for each in first)
    if first:
        return _("Goes with %(outcome)s and has room to improve: %(titles)s.") % {
            "outcome": drivers.outcome.title,
            "titles": titles,
        }
    return _("No question is surely both important for %(outcome)s and below the line.") % {
        "outcome": drivers.outcome.title
    }


def strengths(drivers: Drivers) -> str:
    """What goes well: questions whose whole interval lies above the line, the best first."""
    good = [each for each in drivers.found if each.performance_low >= drivers.performance_line]
    good.sort(key=lambda each: -each.performance)
    titles = ", ".join(each.measure.title for each in good)
    return _("Goes well, keep it up: %(titles)s.") % {"titles": titles} if good else ""


def _ranks(driver: FoundDriver) -> str:
    if driver.rank_low == driver.rank_high:
        return str(driver.rank_low)
    return figures.interval(driver.rank_low, driver.rank_high)


def _with_interval(value: float, low: float, high: float, unit: str) -> str:
    decimals = 1 if unit else 0
    figure = figures.with_unit(value, unit, decimals)
    return f"{figure} ({figures.interval(low, high, decimals)})"


def _share(value: float, low: float, high: float) -> str:
    width = high - low
    return f"{100 * (value - low) / width if width else 50:.2f}%"


def choices(values: Sequence[tuple[str, str]], chosen: str) -> list[dict[str, Any]]:
    """Options of a select."""
    return [{"value": value, "label": label, "chosen": value == chosen} for value, label in values]
