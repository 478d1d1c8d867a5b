"""What moves the overall rating more than the other questions do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wellheard.understand.findings import sentences
from wellheard.understand.findings.rules import Finding, finding_policy, weight
from wellheard.understand.findings.scored import OVERALL, Scored

_Z = 1.959963984540054
_FEWEST_ITEMS = 3
_METHOD = (
    "least squares of the overall rating on all other questions within places and months, "
    "from pairwise moments"
)
# Another wording of the overall rating is no cause of it.
_OUTCOMES = ("rating", "recommend", "card")


def find_drivers(all_scored: list[Scored]) -> Iterator[Finding]:
    """Questions whose answers move the overall rating clearly more than those typically do."""
    outcome = next((each for each in all_scored if each.measure.code == OVERALL), None)
    items = [each for each in all_scored if each.measure.code not in _OUTCOMES]
    policy = finding_policy().driver
    if outcome is None or len(items) < _FEWEST_ITEMS:
        return
    columns = np.zeros((outcome.answers.n, len(items) + 1), np.float32)
    there = np.zeros(columns.shape, bool)
    for position, each in enumerate([outcome, *items]):
        columns[each.rows, position] = each.by_mix.left
        there[each.rows, position] = True
    rows = there[:, 0]
    columns, there = columns[rows], there[rows].astype(np.float32)
    together = (there.T @ there).astype(np.float64)
    n = int(together.min())
    if n < policy["fewest"]:
        return
    moments = (columns.T @ columns).astype(np.float64) / together
    effect, error = _regression(moments, n)
    for position, scored in enumerate(items):
        others = np.delete(effect, position)
        typical = max(0.0, float(np.median(others)))
        lead = float(effect[position]) - typical
        enough = max(policy["least_weight"], policy["times_typical"] * typical)
        if (
            effect[position] < enough
            or lead < policy["least_lead"]
            or lead / error[position] < policy["z"]
        ):
            continue
        estimate, half = 100 * float(effect[position]), 100 * _Z * float(error[position])
        yield Finding(
            kind="driver",
            place=None,
            measure=scored.measure.code,
            group="",
            direction="neither",
            start_on=None,
            estimate=estimate,
            low=estimate - half,
            high=estimate + half,
            n=n,
            method=_METHOD,
            verdict="matters",
            sentence=sentences.driver(scored.measure, outcome.measure, estimate, half, n, typical),
            rank=weight(estimate, 20.0, reach=1.0, months_ago=None),
            details={"typical": round(100 * typical, 1)},
        )


def _regression(
    moments: np.ndarray[tuple[int, int], np.dtype[np.float64]], n: int
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    """Effects and standard errors of all columns on the first, from moments (K + 1, K + 1)."""
    inner, outer = moments[1:, 1:], moments[0, 1:]
    inverse = np.linalg.pinv(inner)
    effect = inverse @ outer
    rest = max(1e-12, float(moments[0, 0] - outer @ effect))
    error = np.sqrt(np.maximum(1e-12, rest * np.diag(inverse) / n))
    return effect, error
