"""The LACE and HOSPITAL scores of one discharge, from the published tables of points."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wellheard.measures.errors import NotFinite, OutOfRange, UnknownName

_TABLE = Path(__file__).with_name("points-2026-11.json")


@dataclass(frozen=True, slots=True)
class PointScore:
    """A published score: its points, part by part, and the band they fall into.

    ``expected``: the published risk of the band (0-1), None where none was published.
    """

    name: str
    variant: str
    points: int
    parts: Mapping[str, int]
    band: str
    expected: float | None
    source: str


@cache
def point_tables() -> Mapping[str, Any]:
    """The tables of points in force, with their source."""
    found: Mapping[str, Any] = json.loads(_TABLE.read_text("utf-8"))
    return found


def lace(
    *, length_of_stay: float, acute: bool, comorbidity: float, emergency_visits: float
) -> PointScore:
    """LACE (van Walraven, CMAJ 2010; 182:551), 0-19 points.

    ``length_of_stay`` in days (less than one is 0), ``comorbidity`` the Charlson index with LACE's
    weights, ``emergency_visits`` those in the six months before, without this one. Raises
    OutOfRange or NotFinite.
    """
    table = point_tables()["lace"]
    parts = {
        "length of stay": _step(table["length_of_stay"], length_of_stay, "length_of_stay"),
        "acute admission": table["acute"] if acute else 0,
        "comorbidity": _step(table["comorbidity"], comorbidity, "comorbidity"),
        "emergency visits": _step(table["emergency_visits"], emergency_visits, "emergency_visits"),
    }
    return _scored(table, table["variant"], parts)


def hospital(
    *,
    haemoglobin: float,
    oncology: bool,
    sodium: float,
    procedure: bool,
    urgent: bool,
    admissions: float,
    length_of_stay: float,
    coding: str = "2016",
) -> PointScore:
    """HOSPITAL (Donze, JAMA Intern Med 2013 and 2016), 0-13 points.

    ``haemoglobin`` in g/dL and ``sodium`` in mmol/L at discharge, ``admissions`` in the twelve
    months before, ``coding`` of these "2016" (0-1, 2-5, more) or "2013" (0, 1-5, more). Raises
    OutOfRange, NotFinite or UnknownName.
    """
    table = point_tables()["hospital"]
    if coding not in table["admissions"]:
        raise UnknownName("coding", f"{coding!r} is not one of {', '.join(table['admissions'])}")
    steps = table["admissions"][coding]
    parts = {
        "haemoglobin": _below(table["haemoglobin"], haemoglobin, "haemoglobin", top=30),
        "oncology": table["oncology"] if oncology else 0,
        "sodium": _below(table["sodium"], sodium, "sodium", top=250),
        "procedure": table["procedure"] if procedure else 0,
        "urgent admission": table["urgent"] if urgent else 0,
        "earlier admissions": _step(steps["steps"], admissions, "admissions"),
        "length of stay": _step(table["length_of_stay"], length_of_stay, "length_of_stay"),
    }
    return _scored(table, f"admissions coded as in {coding}: {steps['says']}", parts)


def _scored(table: Mapping[str, Any], variant: str, parts: dict[str, int]) -> PointScore:
    points = sum(parts.values())
    band = [name for name, start in table["bands"] if points >= start][-1]
    expected = table.get("expected", {}).get(band)
    source = point_tables()["source"]
    return PointScore(table["title"], variant, points, parts, band, expected, source)


def _step(steps: Sequence[Sequence[int]], value: float, argument: str) -> int:
    checked = _finite(value, argument)
    if checked < 0:
        raise OutOfRange(argument, f"cannot be negative, is {value:g}")
    return [points for start, points in steps if checked >= start][-1]


def _below(rule: Mapping[str, Any], value: float, argument: str, *, top: float) -> int:
    checked = _finite(value, argument)
    if not 0 < checked <= top:
        raise OutOfRange(argument, f"must lie between 0 and {top:g} {rule['unit']}, is {value:g}")
    return int(rule["points"]) if checked < rule["below"] else 0


def _finite(value: float, argument: str) -> float:
    if not math.isfinite(value):
        raise NotFinite(argument, "is missing, NaN or infinite")
    return float(value)
