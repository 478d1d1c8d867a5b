"""Components for evidence: a figure with what it rests on, a small line, a patient's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from wellheard.base.pages import figures
from wellheard.base.pages.figures import Number
from wellheard.base.pages.templatetags.registry import register

WIDTH, HEIGHT, MARGIN = 120.0, 32.0, 3.0


@register.inclusion_tag("wellheard/parts/stat.html")
def stat(
    label: str,
    value: Number | None,
    n: int | None = None,
    low: Number | None = None,
    high: Number | None = None,
    method: str = "",
    meaning: str = "",
    unit: str = "%",
    decimals: int = 0,
    url: str = "",
    values: Sequence[Number | None] | None = None,
    kind: str = "",
) -> dict[str, Any]:
    """One measure: value, n, interval, method, and a sentence that says what it means.

    ``url`` leads to the rows behind the number. ``values`` draws the line of the last periods.
    """
    return {
        "label": label,
        "value": figures.with_unit(value, unit, decimals),
        "basis": figures.basis(n, low, high, decimals) if n is not None else "",
        "method": method,
        "meaning": meaning,
        "url": url,
        "values": values,
        "kind": kind,
    }


@register.inclusion_tag("wellheard/parts/sparkline.html")
def sparkline(
    values: Sequence[Number | None], label: str, kind: str = "", centre: Number | None = None
) -> dict[str, Any]:
    """A small line of the last periods; gaps stay gaps. ``label`` is what it says in words."""
    known = [float(value) for value in values if value is not None]
    if centre is not None:
        known.append(float(centre))
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    spots = placed(values, low, high)
    return {
        "label": label,
        "kind": kind,
        "runs": [" ".join(f"{x:.1f},{y:.1f}" for x, y in run) for run in runs_of(spots)],
        "last": next((spot for spot in reversed(spots) if spot), None),
        "centre": None if centre is None else height_of(float(centre), low, high),
        "width": WIDTH,
    }


Spot = tuple[float, float]


def placed(values: Sequence[Number | None], low: float, high: float) -> list[Spot | None]:
    """Where each value stands in the drawing; None where there is no value."""
    step = WIDTH / max(1, len(values) - 1)
    return [
        None if value is None else (round(place * step, 1), height_of(float(value), low, high))
        for place, value in enumerate(values)
    ]


def height_of(value: float, low: float, high: float) -> float:
    """The height of one value, counted from the top; a flat line runs through the middle."""
    if high == low:
        return HEIGHT / 2
    return round(HEIGHT - MARGIN - (value - low) / (high - low) * (HEIGHT - 2 * MARGIN), 1)


def runs_of(spots: Sequence[Spot | None]) -> list[list[Spot]]:
    """Unbroken stretches of the line."""
    runs: list[list[Spot]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if run]


@register.inclusion_tag("wellheard/parts/quote.html")
def quote(
    text: str,
    who: str = "",
    where: str = "",
    at: date | datetime | None = None,
    language: str = "",
    url: str = "",
    translated: str = "",
) -> dict[str, Any]:
    """A patient's own words, in their own language and direction, never shortened unseen."""
    return {
        "text": text,
        "who": who,
        "where": where,
        "at": at,
        "language": language,
        "url": url,
        "translated": translated,
    }
