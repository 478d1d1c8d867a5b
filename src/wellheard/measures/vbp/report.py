"""The rows that ``measures vbp`` prints."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from wellheard.measures.errors import EmptyData, UnknownColumn
from wellheard.measures.files import read_rows
from wellheard.measures.vbp.cmsfile import FACILITY, NOT_AVAILABLE, HospitalScore, score_rows
from wellheard.measures.vbp.points import redistributed_weight
from wellheard.measures.vbp.standards import standards

# The unweighted domain columns of a CMS total-performance file; each domain weighs the same.
_DOMAIN = "Unweighted Person And Community Engagement Domain Score"
_UNWEIGHTED = "Unweighted "


def vbp_report(file: Path, year: str, totals: Path | None) -> list[dict[str, Any]]:
    """Return one plain dictionary per hospital of `file`; numbers are None when not scored."""
    chosen = standards(year)
    weights = None if totals is None else _weights(totals, chosen.domain_weight)
    report = [_row(scored) for scored in score_rows(read_rows(file), chosen, weights=weights)]
    if not report:
        raise EmptyData(file.name, "holds no hospital")
    return report


def _weights(totals: Path, weight: Decimal) -> dict[str, Decimal]:
    weights = {}
    for row in read_rows(totals):
        for column in (FACILITY, _DOMAIN):
            if column not in row:
                raise UnknownColumn(column, f"is not a column of {totals.name}")
        if row[_DOMAIN] != NOT_AVAILABLE:
            domains = [name for name in row if name.startswith(_UNWEIGHTED)]
            scored = [weight for name in domains if row[name] != NOT_AVAILABLE]
            weights[row[FACILITY]] = redistributed_weight(weight, scored)
    return weights


def _row(scored: HospitalScore) -> dict[str, Any]:
    score = scored.score
    if score is None:
        empty = dict.fromkeys(("base", "consistency", "domain", "weighted"))
        return {"facility_id": scored.facility_id, "dimensions": {}, **empty}
    return {
        "facility_id": scored.facility_id,
        "dimensions": {
            name: {
                "achievement": points.achievement,
                "improvement": points.improvement,
                "score": points.score,
            }
            for name, points in score.dimensions.items()
        },
        "base": score.base,
        "consistency": score.consistency,
        "domain": score.domain,
        "weighted": float(score.weighted),
    }
