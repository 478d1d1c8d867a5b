"""The rows that ``measures stars`` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wellheard.measures.errors import EmptyData, NotNumeric
from wellheard.measures.files import MISSING, read_texts
from wellheard.measures.hcahps.stars import cut_points, star_of, summary_star
from wellheard.measures.instruments.definition import instrument

_NOT_SCORED = MISSING | {"Not Available", "Not Applicable"}


def stars_report(file: Path, release: str, facility: str) -> list[dict[str, Any]]:
    """Return each facility's stars by measure and Summary Star (None where not scored)."""
    table = cut_points(release)
    questionnaire = instrument(table.instrument)
    scores = {code: f"{code}_LINEAR_SCORE" for code in table.least}
    texts = read_texts(file, [facility, *scores.values()])
    if not texts[facility]:
        raise EmptyData(file.name, "holds no facility")
    report = []
    for position, identifier in enumerate(texts[facility]):
        stars = {
            code: None
            if texts[column][position] in _NOT_SCORED
            else star_of(_whole(texts[column][position], column, position + 2), code, table)
            for code, column in scores.items()
        }
        summary = summary_star(stars, questionnaire)
        report.append({"facility_id": identifier, "stars": stars, "summary": summary})
    return report


def _whole(text: str, column: str, line: int) -> int:
    try:
        return int(text)
    except ValueError:
        raise NotNumeric(column, f"line {line} holds no whole number") from None
