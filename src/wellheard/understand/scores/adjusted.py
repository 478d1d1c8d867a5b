"""Scores of sites as they would be if all cared for the same mix of people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wellheard.measures.errors import MeasureError
from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Dimension, Month, Period, Slice
from wellheard.understand.facts.sources import Wanted, count_facts
from wellheard.understand.scores.rules import Measure, Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FILE = Path(__file__).with_name("data") / "adjustment-2026-11.json"
_LEVEL = 0.95
Level = Literal["site", "place"]


@dataclass(frozen=True, slots=True)
class AdjustmentPolicy:
    """What is adjusted for; groups of fewer people than `fewest_per_group` count as the rest."""

    code: str
    version: str
    adjusters: tuple[str, ...]
    fewest_per_group: int

    @property
    def words(self) -> str:
        """How the adjustment is named beneath a figure."""
        names = ", ".join(name.replace("_band", "") for name in self.adjusters)
        return f"adjusted for {names} (CAHPS model, {self.code} {self.version})"


@cache
def adjustment_policy() -> AdjustmentPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return AdjustmentPolicy(
        page["code"], page["version"], tuple(page["adjusters"]), page["fewest_per_group"]
    )


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An adjusted score with its t test against the mean of all that are compared."""

    score: Score
    t: float
    p: float


@dataclass(frozen=True, slots=True)
class _Answers:
    """Row by row: the site, the value, and who answered."""

    sites: tuple[int, ...]
    values: tuple[int, ...]
    who: tuple[tuple[str, ...], ...]


def adjusted_by_site(organisation_id: int, measure: Measure, period: Period) -> dict[int, Score]:
    """The adjusted score of each site over whole quarters; empty when the model cannot be fitted.

    Only sites whose own figure may be shown take part. Shares and means only: a net promoter
    score is not a mean of anything that one person said. On the scale 0-100.
    """
    found = _adjusted(organisation_id, measure, period, "site")
    return {site: each.score for site, each in found.items()}


def adjusted_places(organisation_id: int, measure: Measure, period: Period) -> dict[int, Adjusted]:
    """The same for each place, with its test against the mean of places."""
    return _adjusted(organisation_id, measure, period, "place")


def _adjusted(
    organisation_id: int, measure: Measure, period: Period, level: Level
) -> dict[int, Adjusted]:
    if measure.statistic == "nps":
        return {}
    by: tuple[Dimension, ...] = ("place", "quarter")
    table = tabulate(Slice(organisation_id, measure.item, period.whole_quarters, by))
    # Only quarters of places that may be shown: an adjusted figure rests on the same people.
    shown = {(int(row.key[0]), int(row.key[1])) for row in table.rows if row.key[0]}
    answers = _read(organisation_id, measure.item, period.whole_quarters, shown, level)
    try:
        return _fitted(measure, answers, Counter(answers.sites))
    except MeasureError:
        # One site, or an adjuster that follows from the site: there is nothing to compare.
        return {}


def _read(
    organisation_id: int, item: str, period: Period, shown: set[tuple[int, int]], level: Level
) -> _Answers:
    column = "site_id" if level == "site" else "pk"
    wanted = {place for place, _ in shown}
    places = Place.objects.filter(organisation_id=organisation_id, pk__in=wanted)
    of_place = dict(places.values_list("pk", column))
    by = ("place_id", "month", "value", *adjustment_policy().adjusters)
    asked = Wanted(organisation_id, item, period, by, frozenset(of_place))
    rows = [
        row
        for row, n in count_facts(asked)
        if (row[0], Month.of(row[1]).quarter.code) in shown
        for _ in range(n)
    ]
    return _Answers(
        tuple(of_place[row[0]] for row in rows),
        tuple(row[2] for row in rows),
        tuple(row[3:] for row in rows),
    )


def _fitted(measure: Measure, answers: _Answers, sizes: Mapping[int, int]) -> dict[int, Adjusted]:
    # Loads numpy and scipy: only the page that compares sites pays for them.
    import numpy as np

    from wellheard.measures.cahps import cahps_analysis

    scale = {value: _stretched(measure, value) for value in set(answers.values)}
    found = cahps_analysis(
        {measure.code: np.array([scale[value] for value in answers.values])},
        np.array(answers.sites),
        _dummies(answers.who),
    )
    policy = load_policy()
    return {
        int(each.entity): Adjusted(
            Score(
                measure=measure,
                n=sizes[int(each.entity)],
                estimate=each.adjusted,
                low=max(0.0, each.low),
                high=min(100.0, each.high),
                level=_LEVEL,
                method=found.method,
                adjustment=adjustment_policy().words,
                is_low=each.n < policy.low_below,
            ),
            each.t,
            each.p,
        )
        for each in found.entities
    }


def _stretched(measure: Measure, value: int) -> float:
    """An answer on the scale 0-100: the best answers as 100 for a share, else along the scale."""
    if measure.statistic == "top_box":
        return 100.0 if value in measure.best else 0.0
    low, high = measure.scale
    return 100 * (value - low) / (high - low)


def _dummies(who: Sequence[tuple[str, ...]]) -> dict[str, NDArray[np.float64]]:
    """A 0/1 column for each group that is large enough, leaving out the largest of each kind."""
    import numpy as np

    policy = adjustment_policy()
    columns = {}
    for i, name in enumerate(policy.adjusters):
        values = np.array([row[i] for row in who])
        counts = Counter(values.tolist()).most_common()
        for group, n in counts[1:]:
            if n >= policy.fewest_per_group:
                columns[f"{name}={group}"] = (values == group).astype(np.float64)
    return columns
