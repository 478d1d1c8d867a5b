"""HCAHPS stars from cut-point tables, the Summary Star, and our own "house stars"."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.measures.errors import OutOfRange, UnknownName
from wellheard.measures.instruments.definition import Instrument


@dataclass(frozen=True, slots=True)
class CutPoints:
    """Least whole linear score for 2, 3, 4 and 5 stars, by measure code."""

    name: str
    title: str
    source: str
    status: str
    instrument: str
    minimum_completes: int
    least: dict[str, tuple[int, int, int, int]]


def star_of(score: int, measure: str, cut_points: CutPoints) -> int:
    """Return 1-5 stars for a whole linear score 0-100 (round adjusted scores first)."""
    if measure not in cut_points.least:
        raise UnknownName("measure", f"the table {cut_points.name!r} has no {measure!r}")
    if not 0 <= score <= 100 or score != int(score):
        raise OutOfRange("score", "is a whole number from 0 to 100")
    return 1 + sum(score >= least for least in cut_points.least[measure])


def summary_star(stars: Mapping[str, int | None], instrument: Instrument) -> int | None:
    """Return the Summary Star from the measures' stars, or None when one is missing.

    Groups of measures are averaged, then the groups, then halves round up (banker's rounding
    would be wrong for one hospital in thirty-five).
    """
    if not instrument.summary_star:
        raise UnknownName("instrument", f"{instrument.code} defines no Summary Star")
    groups = instrument.summary_star
    known = {code: star for code, star in stars.items() if star is not None}
    if any(code not in known for group in groups for code in group):
        return None
    averages = [Fraction(sum(known[code] for code in group), len(group)) for group in groups]
    return math.floor(sum(averages) / len(averages) + Fraction(1, 2))


@cache
def cut_points(name: str) -> CutPoints:
    """Return the cut points of the release `name` ("2018-07")."""
    known = available_cut_points()
    if name not in known:
        raise UnknownName("cut_points", f"none are called {name!r}; there are {list(known)}")
    return read_cut_points(_folder().joinpath(f"stars-{name}.json").read_text("utf-8"))


def available_cut_points() -> tuple[str, ...]:
    """Return the names of the shipped cut-point tables."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name[6:-5] for name in names if name.startswith("stars-")))


def read_cut_points(text: str) -> CutPoints:
    """Read a cut-point file; its layout is that of ``tables/stars-2018-07.json``."""
    page = json.loads(text)
    least = {code: tuple(row) for code, row in page["least_for_stars_2_to_5"].items()}
    for code, row in least.items():
        if len(row) != 4 or sorted(set(row)) != list(row):
            raise OutOfRange(code, "needs four ascending cut points")
    return CutPoints(
        page["name"],
        page["title"],
        page["source"],
        page["status"],
        page["instrument"],
        page["minimum_completes"],
        least,
    )


def _folder() -> Any:
    return files(__package__).joinpath("tables")
