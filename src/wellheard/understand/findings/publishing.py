"""Which answers may stand behind a figure about a group: the same cells as in every table."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.disclosure.rules import may_show
from wellheard.understand.facts.rules import WHOLE, visible_segments
from wellheard.understand.facts.slices import Month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans
    from wellheard.understand.findings.scored import Scored


def visible_rows(scored: Scored, group: str, value: str, site: int) -> Booleans:
    """Rows that may be counted for one value of a group against the others, at a site (0: all).

    Whole calendar quarters only, in which this value's cell may be shown; of the others those
    cells that may be shown. What is left out there is left out here, so that no subtraction of
    one from the other tells about fewer people than the policy's minimum.
    """
    answers = scored.answers
    sites = np.array([where.site_pk for where in answers.places])[scored.place]
    codes, values = scored.group(group), answers.groups[group][1]
    quarters = _quarters(scored)
    minimum = load_policy().minimum_group
    shown = np.zeros(scored.n, bool)
    for quarter in np.unique(quarters[quarters >= 0]):
        inside = np.flatnonzero(quarters == quarter)
        kept = inside[_places_kept(scored.place[inside], minimum)]
        cells: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
        pairs, counts = np.unique(
            np.column_stack([sites[kept], codes[kept]]), axis=0, return_counts=True
        )
        for (at, code), count in zip(pairs.tolist(), counts.tolist(), strict=True):
            cells[at, values[code]][0] = count
        visible = {
            (cell.level, cell.segment)
            for cell in visible_segments(cells, Month.of(int(quarter)), minimum)
        }
        level = site or WHOLE
        if (level, value) not in visible:
            continue
        names = np.array([(level, name) in visible for name in values], bool)
        here = kept if not site else kept[sites[kept] == site]
        shown[here[names[codes[here]]]] = True
    return shown


def _places_kept(place: NDArray[np.int64], minimum: int) -> Booleans:
    """Rows of places with enough answers in the quarter."""
    sizes = np.bincount(place) if place.size else np.zeros(1, np.int64)
    return np.array([may_show(int(size), minimum) for size in sizes], bool)[place]


def _quarters(scored: Scored) -> NDArray[np.int64]:
    """Code (yyyymm) of the whole calendar quarter of each row, -1 in one that is not whole."""
    answers = scored.answers
    codes = []
    after = answers.until + timedelta(days=1)
    for month in range(answers.months):
        first = Month.containing(answers.month_start(month)).quarter
        whole = first.first_day >= answers.first_month and first.plus(3).first_day <= after
        codes.append(first.code if whole else -1)
    return np.array(codes, np.int64)[scored.month] if codes else np.zeros(scored.n, np.int64)
