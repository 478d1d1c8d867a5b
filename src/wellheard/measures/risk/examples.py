"""One person as a model sees them: levels of features. Needs no numpy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

# feature -> its level, or its levels where it may have several
Example = Mapping[str, str | Sequence[str]]


def levels_of(example: Example, feature: str) -> tuple[str, ...]:
    """The level or levels an example has of a feature."""
    found = example.get(feature, ())
    return (found,) if isinstance(found, str) else tuple(found)


def binned(value: float, edges: Sequence[float]) -> str:
    """The level of a number between ascending edges: "below 2", "2-3", "8 or more"."""
    if value < edges[0]:
        return f"below {edges[0]:g}"
    place = bisect_right(edges, value)
    if place == len(edges):
        return f"{edges[-1]:g} or more"
    low, high = edges[place - 1], edges[place]
    whole = float(low).is_integer() and float(high).is_integer()
    if whole and high - low == 1:
        return f"{low:g}"
    return f"{low:g}-{high - 1:g}" if whole else f"{low:g} to below {high:g}"
