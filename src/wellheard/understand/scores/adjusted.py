"""Scores of sites as they would be if all cared for the same mix of people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wellheard.measures.errors import MeasureError
from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.cells import Cells, WantedItems, count_cells
from wellheard.understand.facts.places import Quarter, quarter_codes, tabulate_places
from wellheard.understand.facts.slices import Period
from wellheard.understand.scores.rules import Measure, Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FILE = Path(__file__).with_name("data") / "adjustment-2026-11.json"
_LEVEL = 0.95
Level = Literal["site", "place"]
Hidden = frozenset[Quarter]


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


def adjusted_by_site(organisation_id: int, measure: Measure, period: Period) -> dict[int, Score]:
    """The adjusted score of each site over whole quarters; empty when the model cannot be fitted.

    Only sites whose own figure may be shown take part. Shares and means only: a net promoter
    score is not a mean of anything that one person said. On the scale 0-100.
    """
    found = adjusted_measures(organisation_id, [measure], period, "site")
    return {site: each.score for site, each in found[measure.code].items()}


def adjusted_measures(
    organisation_id: int,
    measures: Sequence[Measure],
    period: Period,
    level: Level,
    hidden: Hidden | None = None,
) -> dict[str, dict[int, Adjusted]]:
    """Many measures at once, of sites or places, by the measure's code: counted in one pass.

    ``hidden``: the quarters to leave out, from `tabulate_places`, where that was asked already.
    """
    fitted = [each for each in measures if each.statistic != "nps"]
    items = tuple(dict.fromkeys(each.item for each in fitted))
    if hidden is None:
        hidden = tabulate_places(organisation_id, items, period).hidden
    cells = _countable(organisation_id, items, period, hidden)
    of_place = dict(_sites_of(organisation_id)) if level == "site" else None
    return {each.code: {} for each in measures} | {
        each.code: _tried(each, cells.of_item(each.item), of_place) for each in fitted
    }


def _countable(
    organisation_id: int, items: tuple[str, ...], period: Period, hidden: Hidden
) -> Cells:
    """Who answered what where, less the quarters of places that may not be shown: an adjusted
    figure rests on the same people as the plain one."""
    import numpy as np

    quarters = period.whole_quarters
    by = ("place_id", "value", *adjustment_policy().adjusters)
    found = count_cells(WantedItems(organisation_id, items, quarters, by))
    found = found.only(found.columns["place_id"] != 0)
    if not hidden:
        return found
    monthly = ("place_id", "month", *by[1:])
    places = frozenset(place for _, place, _ in hidden)
    small = count_cells(WantedItems(organisation_id, items, quarters, monthly, places))
    columns = dict(small.columns)
    where = quarter_codes(columns["item"], columns["place_id"], columns.pop("month"))
    codes = {item: code for code, item in enumerate(small.labels["item"])}
    gone = [(codes[i] << 48) + (place << 20) + month for i, place, month in hidden if i in codes]
    withheld = Cells(columns, small.labels, small.n).only(np.isin(where, gone))
    return found.less(withheld)


def _sites_of(organisation_id: int) -> list[tuple[int, int]]:
    return list(Place.objects.filter(organisation_id=organisation_id).values_list("pk", "site_id"))


def _tried(
    measure: Measure, cells: Cells, of_place: Mapping[int, int] | None
) -> dict[int, Adjusted]:
    try:
        return _fitted(measure, cells, of_place)
    except MeasureError:
        # One site, or an adjuster that follows from the site: there is nothing to compare.
        return {}


def _fitted(
    measure: Measure, cells: Cells, of_place: Mapping[int, int] | None
) -> dict[int, Adjusted]:
    # Loads numpy and scipy: only the page that compares places pays for them.
    import numpy as np

    from wellheard.measures.cahps import analyse_items

    places = cells.columns["place_id"]
    if of_place is not None:
        places = np.array([of_place[place] for place in places.tolist()], np.int64)
    entities, code = np.unique(places, return_inverse=True)
    values, answer = np.unique(cells.columns["value"], return_inverse=True)
    scale = np.array([_stretched(measure, int(value)) for value in values])
    dummies = _dummies(cells)
    found = analyse_items(
        scale[answer][:, None],
        code,
        np.column_stack([np.zeros((len(code), 0)), *dummies.values()]),
        items=[measure.code],
        adjuster_names=list(dummies),
        times=cells.n,
    )
    low_below = load_policy().low_below
    return {
        int(entity): Adjusted(
            Score(
                measure=measure,
                n=int(found.n[at, 0]),
                estimate=float(found.adjusted[at, 0]),
                low=max(0.0, float(found.low[at, 0])),
                high=min(100.0, float(found.high[at, 0])),
                level=_LEVEL,
                method=found.method,
                adjustment=adjustment_policy().words,
                is_low=int(found.n[at, 0]) < low_below,
            ),
            float(found.delta[at, 0] / found.se[at, 0]),
            float(found.p[at, 0]),
        )
        for at, entity in enumerate(entities)
        if not np.isnan(found.adjusted[at, 0])
    }


def _stretched(measure: Measure, value: int) -> float:
    """An answer on the scale 0-100: the best answers as 100 for a share, else along the scale."""
    if measure.statistic == "top_box":
        return 100.0 if value in measure.best else 0.0
    low, high = measure.scale
    return 100 * (value - low) / (high - low)


def _dummies(cells: Cells) -> dict[str, NDArray[np.float64]]:
    """A 0/1 column for each group that is large enough, leaving out the largest of each kind."""
    import numpy as np

    policy = adjustment_policy()
    columns = {}
    for name in policy.adjusters:
        sizes = np.bincount(cells.columns[name], weights=cells.n, minlength=len(cells.labels[name]))
        for group in np.argsort(-sizes, kind="stable")[1:].tolist():
            if sizes[group] >= policy.fewest_per_group:
                here = cells.columns[name] == group
                columns[f"{name}={cells.labels[name][group]}"] = here.astype(np.float64)
    return columns
