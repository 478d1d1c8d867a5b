"""Scoring the rows of a CMS person-and-community-engagement file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from wellheard.measures.errors import NotNumeric, OutOfRange, UnknownColumn
from wellheard.measures.vbp.points import DomainScore, domain_score
from wellheard.measures.vbp.standards import Standards

NOT_AVAILABLE = "Not Available"
FACILITY = "Facility ID"


@dataclass(frozen=True, slots=True)
class HospitalScore:
    """One row of the file; `score` is None when a performance rate is not available."""

    facility_id: str
    score: DomainScore | None


def score_rows(
    rows: Iterable[Mapping[str, str]],
    year: Standards,
    *,
    weights: Mapping[str, Decimal] | None = None,
) -> Iterator[HospitalScore]:
    """Score each row (column name to text) with the standards `year`.

    The columns are "Facility ID" and, per dimension, "<dimension> Baseline Rate" and
    "<dimension> Performance Rate"; standards printed in the file must equal those of `year`.
    `weights` gives the domain weight of single facilities. Raises UnknownColumn, NotNumeric or
    OutOfRange with the row number.
    """
    for line, row in enumerate(rows, start=2):
        _require_columns(row, year)
        _require_same_standards(row, year, line)
        facility = row[FACILITY]
        performance = _rates(row, year, "Performance Rate", line)
        if len(performance) < len(year.dimensions):
            yield HospitalScore(facility, None)
            continue
        baseline = _rates(row, year, "Baseline Rate", line)
        weight = None if weights is None else weights.get(facility)
        yield HospitalScore(facility, domain_score(performance, baseline, year, weight=weight))


def _require_columns(row: Mapping[str, str], year: Standards) -> None:
    needed = [FACILITY]
    for dimension in year.dimensions:
        needed += [f"{dimension.name} Baseline Rate", f"{dimension.name} Performance Rate"]
    for column in needed:
        if column not in row:
            raise UnknownColumn(column, "is not in the file")


def _require_same_standards(row: Mapping[str, str], year: Standards, line: int) -> None:
    for dimension in year.dimensions:
        printed = {
            "Floor": dimension.floor,
            "Achievement Threshold": dimension.threshold,
            "Benchmark": dimension.benchmark,
        }
        for word, expected in printed.items():
            column = f"{dimension.name} {word}"
            found = _percent(row.get(column, ""), column, line)
            if found is not None and found != expected:
                raise OutOfRange(
                    column, f"says {found} in line {line}, but {year.name} has {expected}"
                )


def _rates(row: Mapping[str, str], year: Standards, which: str, line: int) -> dict[str, Decimal]:
    rates = {}
    for dimension in year.dimensions:
        column = f"{dimension.name} {which}"
        rate = _percent(row[column], column, line)
        if rate is not None:
            rates[dimension.name] = rate
    return rates


def _percent(text: str, column: str, line: int) -> Decimal | None:
    plain = (text or "").strip().removesuffix("%")
    if plain in ("", NOT_AVAILABLE):
        return None
    try:
        rate = Decimal(plain)
    except InvalidOperation:
        raise NotNumeric(column, f"is not a percentage in line {line}") from None
    if not rate.is_finite() or not 0 <= rate <= 100:
        raise OutOfRange(column, f"is not between 0 and 100 per cent in line {line}")
    return rate
