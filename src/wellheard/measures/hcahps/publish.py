"""From a hospital's answers to the figures a public report shows, in the published order.

Per quarter: score each item, adjust it for patient mix, then for survey mode. Then average items
into measures, combine quarters by eligible discharges, and only then round to whole numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from wellheard.measures.errors import EmptyData, UnknownName
from wellheard.measures.hcahps.mix import (
    MixTable,
    ModeTable,
    Statistic,
    mix_adjustment,
    mode_adjustment,
    weighted_quarters,
)
from wellheard.measures.hcahps.stars import CutPoints, star_of, summary_star
from wellheard.measures.instruments.definition import Instrument, Measure
from wellheard.measures.instruments.scoring import (
    ItemScore,
    published_boxes,
    rounded_half_up,
    score_measure,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_STATISTICS: tuple[Statistic, ...] = ("top", "bottom", "linear")


@dataclass(frozen=True, slots=True)
class Quarter:
    """A hospital's quarter: completed surveys only.

    `answers` and `adjusters` map codes to 1-D arrays of equal length, `modes` counts surveys by
    mode, `discharges` eligible discharges.
    """

    answers: Mapping[str, ArrayLike]
    adjusters: Mapping[str, ArrayLike]
    modes: Mapping[str, int]
    discharges: float
    completes: int


@dataclass(frozen=True, slots=True)
class PublicMeasure:
    """One reported measure in whole per cent and whole points; None where not shown."""

    code: str
    name: str
    top: int | None
    middle: int | None
    bottom: int | None
    linear: int | None
    star: int | None
    footnotes: tuple[int, ...]
    unrounded_top: float
    unrounded_linear: float


@dataclass(frozen=True, slots=True)
class HospitalReport:
    """Everything reported on a hospital, with the tables it was computed from."""

    instrument: str
    completes: int
    measures: tuple[PublicMeasure, ...]
    summary_star: int | None
    footnotes: tuple[int, ...]
    adjusted_for: tuple[str, ...]
    method: str


@dataclass(frozen=True, slots=True)
class Reporting:
    """What may be shown from how many completed surveys."""

    stars_from: int
    no_star_footnote: int
    steps: tuple[tuple[int, int, bool], ...]

    def footnotes(self, completes: int) -> tuple[int, ...]:
        """Return the footnote of the smallest limit that `completes` stays below."""
        below = [footnote for limit, footnote, _ in self.steps if completes < limit]
        return tuple(below[:1])

    def is_shown(self, completes: int) -> bool:
        """Return whether scores from `completes` surveys are shown at all."""
        return all(shown for limit, _, shown in self.steps if completes < limit)


def hospital_report(
    quarters: Sequence[Quarter],
    instrument: Instrument,
    *,
    mix: MixTable | None = None,
    mode: ModeTable | None = None,
    stars: CutPoints | None = None,
    reporting: Reporting | None = None,
) -> HospitalReport:
    """Report a hospital over its `quarters` (usually four); a missing table means no adjustment.

    Stars need `stars` of the same instrument and enough completed surveys.
    """
    if not quarters:
        raise EmptyData("quarters", "there are none")
    if stars is not None and stars.instrument != instrument.code:
        raise UnknownName("stars", f"are for {stars.instrument}, not {instrument.code}")
    rules = reporting or shipped_reporting()
    completes = sum(quarter.completes for quarter in quarters)
    measures = tuple(
        _public(measure, quarters, instrument, mix, mode, stars, rules, completes)
        for measure in instrument.measures.values()
    )
    summary = None
    if instrument.summary_star and stars is not None:
        summary = summary_star({each.code: each.star for each in measures}, instrument)
    return HospitalReport(
        instrument.code,
        completes,
        measures,
        summary,
        rules.footnotes(completes),
        tuple(table.name for table in (mix, mode) if table is not None),
        "item scores, patient mix, mode, measure mean, quarters by discharges, rounded half up",
    )


@cache
def shipped_reporting() -> Reporting:
    """Return the reporting limits that ship with the library."""
    text = files(__package__).joinpath("tables", "reporting.json").read_text("utf-8")
    return read_reporting(text)


def read_reporting(text: str) -> Reporting:
    """Read reporting limits; the layout is that of ``tables/reporting.json``."""
    page: dict[str, Any] = json.loads(text)
    steps = sorted((each["below"], each["footnote"], each["shown"]) for each in page["steps"])
    return Reporting(page["stars_from"], page["no_star_footnote"], tuple(steps))


def _public(
    measure: Measure,
    quarters: Sequence[Quarter],
    instrument: Instrument,
    mix: MixTable | None,
    mode: ModeTable | None,
    stars: CutPoints | None,
    rules: Reporting,
    completes: int,
) -> PublicMeasure:
    top, bottom, linear = (
        weighted_quarters(
            [
                _quarter_score(measure, quarter, instrument, mix, mode, statistic)
                for quarter in quarters
            ],
            [quarter.discharges for quarter in quarters],
        )
        for statistic in _STATISTICS
    )
    footnotes = rules.footnotes(completes)
    if not rules.is_shown(completes):
        hidden = (None,) * 5
        return PublicMeasure(measure.code, measure.name, *hidden, footnotes, top, linear)
    has_middle = bool(instrument.items[measure.items[0]].scale.middle)
    boxes = published_boxes(top / 100, bottom / 100, middle=has_middle)
    whole = rounded_half_up(linear)
    star = None
    if stars is not None and measure.starred and completes >= rules.stars_from:
        star = star_of(whole, measure.code, stars)
    elif stars is not None and measure.starred:
        footnotes = (*footnotes, rules.no_star_footnote)
    return PublicMeasure(measure.code, measure.name, *boxes, whole, star, footnotes, top, linear)


def _quarter_score(
    measure: Measure,
    quarter: Quarter,
    instrument: Instrument,
    mix: MixTable | None,
    mode: ModeTable | None,
    statistic: Statistic,
) -> float:
    """Return a measure's adjusted score of one quarter, 0-100 before rounding."""
    scored = score_measure(quarter.answers, instrument, measure.code)
    values = []
    for item in scored.items:
        value = _points(item, statistic)
        if mix is not None:
            value += mix_adjustment(quarter.adjusters, item.code, statistic, mix)
        if mode is not None:
            value += mode_adjustment(quarter.modes, item.code, statistic, mode)
        values.append(value)
    # An adjusted share may leave the scale by a hair; a reported one cannot.
    return float(np.clip(np.mean(values), 0, 100))


def _points(item: ItemScore, statistic: Statistic) -> float:
    shares = {"top": item.top, "middle": item.middle, "bottom": item.bottom}
    return item.linear if statistic == "linear" else 100 * shares[statistic]
