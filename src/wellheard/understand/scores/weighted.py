"""A score as it would be if those who answered were like those who visited."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wellheard.measures.errors import MeasureError
from wellheard.people.visits.models import VisitCount
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Period
from wellheard.understand.scores.rows import Rows, read_rows
from wellheard.understand.scores.rules import Measure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FILE = Path(__file__).with_name("data") / "weights-2026-11.json"
REST = "rest"


@dataclass(frozen=True, slots=True)
class WeightPolicy:
    """What answers are weighted to; groups of fewer answers or visits are put together."""

    code: str
    version: str
    margins: tuple[str, ...]
    fewest_per_group: int
    largest: float
    round_n_to: int

    @property
    def name(self) -> str:
        """Code and version, as printed beneath a figure."""
        return f"{self.code} {self.version}"


@cache
def weight_policy() -> WeightPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return WeightPolicy(
        page["code"],
        page["version"],
        tuple(page["margins"]),
        page["fewest_per_group"],
        page["largest"],
        page["round_n_to"],
    )


@dataclass(frozen=True, slots=True)
class WeightedScore:
    """On 0-100 with a linearised interval. ``effective_n``: what the answers are worth after
    weighting (Kish); ``n`` and it are rounded down; ``margins``: what was weighted to."""

    n: int
    effective_n: int
    design_effect: float
    estimate: float
    low: float
    high: float
    raw: float
    margins: tuple[str, ...]
    method: str
    cut: bool


def weighted_score(organisation_id: int, measure: Measure, period: Period) -> WeightedScore | None:
    """The measure raked to visits by the policy's margins; None where there are no margins.

    Shares and means; a net promoter score is weighted as the mean of 100, 0 and -100.
    """
    instrument, _, item = measure.item.partition(".")
    rows = read_rows(organisation_id, instrument, [item], period)
    import numpy as np

    answered = ~np.isnan(rows.answers[item])
    targets = {
        name: found
        for name in weight_policy().margins
        if len(found := _targets(organisation_id, name, period)) > 1
    }
    if not targets or answered.sum() < load_policy().low_below:
        return None
    values = np.array([points_of(measure, int(value)) for value in rows.answers[item][answered]])
    return _raked(values, rows, answered, targets)


def points_of(measure: Measure, value: int) -> float:
    """What one answer counts for, in points of the measure."""
    if measure.statistic == "mean":
        low, high = measure.scale
        return 100 * (value - low) / (high - low)
    return 100.0 * (value in measure.best) - 100.0 * (value in measure.worst)


def _targets(organisation_id: int, name: str, period: Period) -> dict[str, int]:
    rows = VisitCount.objects.filter(
        organisation_id=organisation_id,
        group=name,
        month__gte=period.start.first_day,
        month__lt=period.stop.first_day,
    ).values_list("value", "visits")
    found: Counter[str] = Counter()
    for value, visits in rows:
        found[value] += visits
    return dict(found)


def _raked(
    values: NDArray[np.float64],
    rows: Rows,
    answered: NDArray[np.bool_],
    targets: Mapping[str, Mapping[str, int]],
) -> WeightedScore | None:
    import numpy as np

    from wellheard.measures.weights import rake, trim, weighted_mean

    policy = weight_policy()
    margins, shares = {}, {}
    for name, visits in targets.items():
        labels, share = _merged(rows.who[name][answered].tolist(), visits)
        if len(share) > 1:
            margins[name], shares[name] = labels, share
    if not margins:
        return None
    try:
        raked = trim(rake(np.ones(len(values)), margins, shares).weights, largest=policy.largest)
        found = weighted_mean(values, raked.weights)
    except MeasureError:
        # Margins that contradict each other: an unweighted figure is more honest than a guess.
        return None
    step = policy.round_n_to
    return WeightedScore(
        n=found.n // step * step,
        effective_n=int(raked.effective_n) // step * step,
        design_effect=raked.design_effect,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        raw=float(values.mean()),
        margins=tuple(margins),
        method="raked to visits, trimmed, linearised interval",
        cut=rows.cut,
    )


def _merged(labels: list[str], visits: Mapping[str, int]) -> tuple[list[str], dict[str, float]]:
    """Labels and shares with small, unknown and unvisited groups put together as the rest.

    Who did not say keeps the share of the answers they have: visits know everybody's.
    """
    counts = Counter(labels)
    fewest = weight_policy().fewest_per_group
    kept = {
        group
        for group, n in counts.items()
        if group and n >= fewest and visits.get(group, 0) >= fewest
    }
    total = sum(n for group, n in visits.items())
    silent = counts[""] / len(labels) if counts[""] else 0.0
    named = {group: visits[group] / total * (1 - silent) for group in kept}
    others = sum(n for group, n in counts.items() if group not in kept and group)
    rest_share = (total - sum(visits[group] for group in kept)) / total * (1 - silent)
    if counts[""]:
        named[""] = silent
    if others and rest_share > 0:
        named[REST] = rest_share
    merged = [
        label if label in named else REST if others and rest_share > 0 else "" for label in labels
    ]
    return merged, {group: share for group, share in named.items() if group in set(merged)}
