"""Every place's answers to many items in one pass: what a board of all places is made of.

What `tabulate` by place gives over whole quarters, item by item; a board of a hundred places and
ten measures would ask that door a thousand times over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellheard.understand.disclosure.policy import Policy, load_policy
from wellheard.understand.facts.cells import Cells, WantedItems, count_cells
from wellheard.understand.facts.slices import Counts, Period

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# (item, place, first month) of a quarter.
Quarter = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class PlaceTables:
    """``counts``: by item and place what may be shown; ``hidden``: each quarter with so few
    answers that no figure rests on them."""

    counts: Mapping[str, Mapping[int, Counts]]
    hidden: frozenset[Quarter]


def tabulate_places(
    organisation_id: int, items: Sequence[str], period: Period, *, policy: Policy | None = None
) -> PlaceTables:
    """Count the answers of every place over whole quarters, less quarters too small to show."""
    import numpy as np

    minimum = (policy or load_policy()).minimum_group
    by = ("place_id", "month", "value")
    wanted = WantedItems(organisation_id, tuple(items), period.whole_quarters, by)
    cells = count_cells(wanted)
    asked = np.array([name in items for name in cells.labels["item"]], bool)
    cells = cells.only((cells.columns["place_id"] != 0) & asked[cells.columns["item"]])
    quarter, size = _sized(cells)
    hidden = frozenset(
        (cells.labels["item"][code >> 48], (code >> 20) & 0xFFFFFFF, code & 0xFFFFF)
        for code in np.unique(quarter[size < minimum]).tolist()
    )
    return PlaceTables(_counted(cells.only(size >= minimum), items), hidden)


def quarter_codes(
    item: NDArray[np.int64], place: NDArray[np.int64], month: NDArray[np.int64]
) -> NDArray[np.int64]:
    """One number for each item, place and quarter, of columns of codes, ids and yyyymm."""
    return (item << 48) + (place << 20) + month - (month % 100 - 1) % 3


def _sized(cells: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The quarter of each group, and how many answers that quarter has in all."""
    import numpy as np

    columns = cells.columns
    quarter = quarter_codes(columns["item"], columns["place_id"], columns["month"])
    known, group = np.unique(quarter, return_inverse=True)
    sizes = np.bincount(group, weights=cells.n, minlength=len(known)).astype(np.int64)
    return quarter, sizes[group]


def _counted(cells: Cells, items: Sequence[str]) -> dict[str, dict[int, Counts]]:
    import numpy as np

    found: dict[str, dict[int, dict[int, int]]] = {item: {} for item in items}
    columns = np.stack([cells.columns[name] for name in ("item", "place_id", "value")])
    order = np.lexsort(columns[::-1])
    columns, n = columns[:, order], cells.n[order]
    starts = np.flatnonzero(np.diff(columns, axis=1, prepend=-1 - columns[:, :1]).any(axis=0))
    sums = np.add.reduceat(n, starts) if starts.size else n
    for (item, place, value), total in zip(
        columns[:, starts].T.tolist(), sums.tolist(), strict=True
    ):
        by_place = found[cells.labels["item"][item]]
        by_place.setdefault(place, {})[value] = total
    return {
        item: {place: Counts.of(by_value) for place, by_value in places.items()}
        for item, places in found.items()
    }
