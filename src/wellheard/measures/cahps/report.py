"""The figures that ``measures cahps`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wellheard.measures.cahps.analysis import CahpsAnalysis, cahps_analysis
from wellheard.measures.cahps.combine import combine_strata
from wellheard.measures.cahps.contrast import StarRule
from wellheard.measures.errors import EmptyData, NotFinite, OutOfRange, UnknownName
from wellheard.measures.files import numbers, read_texts

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

# Between entity and stratum in a cell's label; cannot occur in a cell of a text file by accident.
_JOIN = "\x1f"


@dataclass(frozen=True, slots=True)
class CahpsRequest:
    """What the command was asked: a file, its columns and the options of the analysis."""

    data: Path
    entity: str
    items: tuple[str, ...]
    adjusters: tuple[str, ...]
    only: tuple[str, ...]
    weight: str | None
    strata: str | None
    strata_size: str | None
    minimum: float | None
    maximum: float | None
    no_impute: bool
    uneven: bool
    alpha: float
    change: float
    meandiff: float
    variance: Literal["macro", "manual"]


def cahps_report(request: CahpsRequest) -> dict[str, Any]:
    """Read, analyse and return plain figures; rows without an entity are dropped and counted."""
    texts = read_texts(request.data, _columns(request))
    kept, dropped = _kept(texts[request.entity], request)
    columns = {name: [column[i] for i in kept] for name, column in texts.items()}
    lines = [i + 2 for i in kept]
    analysis = cahps_analysis(
        {name: numbers(columns[name], name, lines=lines) for name in request.items},
        _cells(columns, request),
        {name: numbers(columns[name], name, lines=lines) for name in request.adjusters},
        weights=_weights(columns, request, lines),
        minimum=request.minimum,
        maximum=request.maximum,
        impute=not request.no_impute,
        even_weights=not request.uneven,
        alpha=request.alpha,
        change=request.change,
        mean_difference=request.meandiff,
        variance=request.variance,
    )
    page = _page(analysis)
    page["rows_without_entity"] = dropped
    if request.strata is not None:
        page.update(_combined(analysis, columns, request))
    return page


def _kept(labels: list[str], request: CahpsRequest) -> tuple[list[int], int]:
    """Return the rows of the wanted entities, and how many rows name none."""
    absent = sorted(set(request.only) - set(labels))
    if absent:
        raise UnknownName("only", f"no row of {request.entity} says {absent[0]!r}")
    wanted = set(request.only or labels) - {""}
    kept = [i for i, label in enumerate(labels) if label in wanted]
    if not kept:
        raise EmptyData(request.entity, "no row names an entity")
    return kept, labels.count("")


def _weights(
    columns: dict[str, list[str]], request: CahpsRequest, lines: list[int]
) -> Floats | None:
    if request.weight is None:
        return None
    weights = numbers(columns[request.weight], request.weight, lines=lines)
    if np.isnan(weights).any():
        raise NotFinite(request.weight, "is blank in some rows; a weight must be there for all")
    if (weights <= 0).any():
        raise OutOfRange(request.weight, "holds a weight that is not above 0")
    return weights


def _columns(request: CahpsRequest) -> list[str]:
    optional = (request.weight, request.strata, request.strata_size)
    named = [request.entity, *request.items, *request.adjusters]
    return list(dict.fromkeys([*named, *(name for name in optional if name is not None)]))


def _cells(columns: dict[str, list[str]], request: CahpsRequest) -> list[str]:
    entity = columns[request.entity]
    if request.strata is None:
        return entity
    if not all(columns[request.strata]):
        raise NotFinite(request.strata, "is blank in some rows")
    return [_JOIN.join(pair) for pair in zip(entity, columns[request.strata], strict=True)]


def _page(analysis: CahpsAnalysis) -> dict[str, Any]:
    single = analysis.items[0] if len(analysis.items) == 1 else None
    return {
        "method": analysis.method,
        "items": list(analysis.items),
        "n": analysis.n,
        "overall_mean": analysis.overall_mean,
        "grand_mean": analysis.grand_mean,
        "f": analysis.f,
        "df1": analysis.df1,
        "df2": analysis.df2,
        "p": analysis.p,
        "reliability": analysis.reliability,
        "r2": analysis.r2[single] if single else analysis.r2,
        "adjusted_r2": analysis.adjusted_r2[single] if single else analysis.adjusted_r2,
        "coefficients": analysis.coefficients[single] if single else analysis.coefficients,
        "entities": [
            {
                "entity": row.entity.replace(_JOIN, " / "),
                "n": row.n,
                "raw": row.raw,
                "adjusted": row.adjusted,
                "delta": row.delta,
                "se": row.se,
                "variance": row.variance,
                "t": row.t,
                "p": row.p,
                "stars": row.stars,
            }
            for row in analysis.entities
        ],
        "few_cases": [label.replace(_JOIN, " / ") for label in analysis.few_cases],
    }


def _combined(
    analysis: CahpsAnalysis, columns: dict[str, list[str]], request: CahpsRequest
) -> dict[str, Any]:
    """Return the fields that change when strata are put together."""
    parents = {row.entity: row.entity.split(_JOIN)[0] for row in analysis.entities}
    sizes = _sizes(analysis, columns, request)
    rule = StarRule(
        request.alpha, request.change, request.meandiff, request.minimum, request.maximum
    )
    combined = combine_strata(analysis, parents, sizes, rule=rule)
    against = combined.contrasts
    entities = []
    for position, label in enumerate(combined.entities):
        own = [row for row in analysis.entities if parents[row.entity] == label]
        shares = np.array([sizes[row.entity] for row in own])
        entities.append(
            {
                "entity": label,
                "n": sum(row.n for row in own),
                "raw": float(np.average([row.raw for row in own], weights=shares)),
                "adjusted": float(combined.adjusted[position]),
                "delta": float(against.delta[position]),
                "se": float(against.se[position]),
                "variance": float(combined.variance[position]),
                "t": float(against.t[position]),
                "p": float(against.p[position]),
                "stars": int(against.stars[position]),
            }
        )
    test = combined.test
    return {
        "method": combined.method,
        "strata": _page(analysis)["entities"],
        "entities": entities,
        "overall_mean": float(combined.adjusted.mean()),
        "grand_mean": test.grand_mean,
        "f": test.f,
        "df1": test.df1,
        "df2": test.df2,
        "p": test.p,
    }


def _sizes(
    analysis: CahpsAnalysis, columns: dict[str, list[str]], request: CahpsRequest
) -> dict[str, float]:
    if request.strata_size is None:
        return {row.entity: float(row.n_all) for row in analysis.entities}
    values = numbers(columns[request.strata_size], request.strata_size)
    found: dict[str, float] = {}
    for label, value in zip(_cells(columns, request), values.tolist(), strict=True):
        if found.setdefault(label, value) != value:
            raise OutOfRange(request.strata_size, "differs between rows of the same stratum")
    return found
