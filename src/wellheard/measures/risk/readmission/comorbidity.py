"""LACE from what the discharge file holds: three diagnoses, and a year of emergency visits.

It is an approximation (LACE wants all diagnoses and six months), so it is named so.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from wellheard.measures.risk.points import PointScore, lace
from wellheard.measures.risk.readmission.reading import Row, columns

_WEIGHTS = Path(__file__).with_name("comorbidity-2026-11.json")
_EMERGENCY_ROOM, _EMERGENCY = "7", "1"


def lace_like(row: Row) -> PointScore:
    """LACE of a checked row: emergency visits of twelve months, comorbidity of three codes."""
    codes = [row[name] for name in columns()["diagnoses"]]
    return lace(
        length_of_stay=int(row["time_in_hospital"]),
        acute=row["admission_source_id"] == _EMERGENCY_ROOM
        or row["admission_type_id"] == _EMERGENCY,
        comorbidity=comorbidity(codes),
        emergency_visits=int(row["number_emergency"]),
    )


def comorbidity(codes: list[str]) -> int:
    """Charlson index with LACE's weights of ICD-9 codes; each condition counts once, and the
    graver form of one takes the place of the milder."""
    found = {}
    for condition, pattern, weight, above in _conditions():
        if any(pattern.match(code) for code in codes):
            found[condition] = (weight, above)
    replaced = {above for _, above in found.values() if above}
    return sum(weight for condition, (weight, _) in found.items() if condition not in replaced)


@cache
def _conditions() -> list[tuple[str, re.Pattern[str], int, str]]:
    page = json.loads(_WEIGHTS.read_text("utf-8"))
    return [
        (each["condition"], re.compile(each["codes"]), each["weight"], each.get("replaces", ""))
        for each in page["conditions"]
    ]
