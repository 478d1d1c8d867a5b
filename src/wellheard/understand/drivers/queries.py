"""Drivers of an overall judgement, for everybody or for one group of people."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from wellheard.measures.errors import CollinearColumns, ConstantOutcome, EmptyData, TooFewPoints
from wellheard.measures.intervals import normal_quantile
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.drivers.policy import driver_policy
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.scores.queries import measures
from wellheard.understand.scores.rows import Rows, read_rows
from wellheard.understand.scores.rules import Measure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wellheard.measures.drivers import DriverAnalysis

Place = Literal["first", "keep", "watch", "leave"]


@dataclass(frozen=True, slots=True)
class FoundDriver:
    """One driver. Shares of R^2 and performance (0-100), each with a 95 % interval.

    ``place``: where it stands in the priority matrix; ``sure``: whether it stands there with its
    whole interval, in both directions.
    """

    measure: Measure
    share: float
    low: float
    high: float
    rank: int
    rank_low: int
    rank_high: int
    performance: float
    performance_low: float
    performance_high: float
    warnings: tuple[str, ...]
    place: Place
    sure: bool


@dataclass(frozen=True, slots=True)
class Drivers:
    """The drivers in order of rank; none when it cannot be told, and ``why`` says so.

    ``n`` is rounded down (see the policy), ``importance_line`` the average share.
    """

    outcome: Measure
    found: tuple[FoundDriver, ...]
    n: int
    r2: float
    importance_line: float
    performance_line: float
    method: str
    why: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Which people: of one site, of one group of one attribute, or everybody."""

    site_id: int | None = None
    attribute: str = ""
    group: str = ""


def driver_period(until: date) -> Period:
    """The whole quarters that ended by ``until``."""
    return Period.ending(Month.containing(until).quarter, 3 * driver_policy().quarters)


def outcomes(organisation_id: int, *, on: date) -> dict[str, Measure]:
    """The overall judgements that may be asked about."""
    catalogue = measures(organisation_id, on=on)
    return {code: catalogue[code] for code in driver_policy().outcomes if code in catalogue}


def drivers_of(
    organisation_id: int, outcome: Measure, asked: Asked = Asked(), *, until: date
) -> Drivers:
    """Divide what explains ``outcome`` among the other questions of its instrument."""
    rows, columns = _rows(organisation_id, outcome, asked.site_id, until)
    if asked.attribute:
        chosen = rows.who[asked.attribute] == asked.group
        if asked.group not in safe_groups(rows, asked.attribute):
            return _none(outcome, "too_few", rows.cut)
    else:
        chosen = rows.who["language"] == rows.who["language"]
    return _analysed(outcome, columns, rows, chosen)


def groups_of(organisation_id: int, outcome: Measure, attribute: str, *, until: date) -> list[str]:
    """Groups of an attribute with enough people for drivers of their own, the largest first."""
    rows, _ = _rows(organisation_id, outcome, None, until)
    return safe_groups(rows, attribute)


def drivers_by_segment(
    organisation_id: int,
    outcome: Measure,
    attribute: str,
    segment_of: Callable[[str], str],
    *,
    until: date,
) -> dict[str, Drivers]:
    """Drivers of each segment, a union of groups of one attribute.

    Groups too small to be shown, and people who did not say, are in no segment here.
    """
    import numpy as np

    rows, columns = _rows(organisation_id, outcome, None, until)
    groups: dict[str, list[str]] = defaultdict(list)
    for group in safe_groups(rows, attribute, least=load_policy().minimum_group):
        groups[segment_of(group)].append(group)
    return {
        name: _analysed(outcome, columns, rows, np.isin(rows.who[attribute], members))
        for name, members in groups.items()
    }


def safe_groups(rows: Rows, attribute: str, *, least: int | None = None) -> list[str]:
    """Groups that may be analysed, such that those left out cannot be worked out from the rest.

    Those left out hold nobody or at least a minimum of people, or the smallest shown goes too.
    ``least``: people of a group, by default as many as an analysis of its own takes.
    """
    from wellheard.measures.drivers.analysis import LEAST_ROWS

    least = LEAST_ROWS if least is None else least
    sizes = Counter(rows.who[attribute].tolist())
    shown = [group for group, n in sizes.most_common() if n >= least and group]
    rest = sum(sizes.values()) - sum(sizes[group] for group in shown)
    while shown and 0 < rest < load_policy().minimum_group:
        rest += sizes[shown.pop()]
    return shown


def _rows(
    organisation_id: int, outcome: Measure, site_id: int | None, until: date
) -> tuple[Rows, dict[str, Measure]]:
    instrument = outcome.item.partition(".")[0]
    columns = {
        measure.item.partition(".")[2]: measure
        for code, measure in measures(organisation_id, on=until).items()
        if measure.item.startswith(f"{instrument}.") and code not in driver_policy().outcomes
    }
    asked = (outcome.item.partition(".")[2], *columns)
    period = driver_period(until)
    return read_rows(organisation_id, instrument, asked, period, site_id=site_id), columns


def _analysed(
    outcome: Measure, columns: Mapping[str, Measure], rows: Rows, chosen: NDArray[np.bool_]
) -> Drivers:
    from wellheard.measures.drivers import key_drivers, priorities

    policy = driver_policy()
    answers = {code: rows.answers[code][chosen] for code in _varied(columns, rows, chosen)}
    target = rows.answers[outcome.item.partition(".")[2]][chosen]
    try:
        found = key_drivers(
            answers,
            target,
            outcome_name=outcome.code,
            method="shapley" if len(answers) <= policy.shapley_up_to else "relative_weights",
            draws=policy.draws,
            scales={code: columns[code].scale for code in answers},
        )
    except (TooFewPoints, EmptyData):
        return _none(outcome, "too_few", rows.cut)
    except ConstantOutcome:
        return _none(outcome, "constant", rows.cut)
    except CollinearColumns:
        return _none(outcome, "collinear", rows.cut)
    places = priorities(found, performance_line=policy.performance_line)
    errors = {code: _error(answers, code, target, columns[code]) for code in answers}
    return _shown(outcome, columns, found, places, errors, rows.cut)


def _varied(columns: Mapping[str, Measure], rows: Rows, chosen: NDArray[np.bool_]) -> list[str]:
    """Questions that were asked at all (of somebody) and answered in more than one way."""
    import numpy as np

    kept = []
    for code in columns:
        answered = rows.answers[code][chosen]
        answered = answered[~np.isnan(answered)]
        if len(answered) >= chosen.sum() / 4 and answered.size and np.ptp(answered) > 0:
            kept.append(code)
    return kept


def _error(
    answers: Mapping[str, NDArray[np.float64]],
    code: str,
    target: NDArray[np.float64],
    measure: Measure,
) -> float:
    """Half the 95 % interval of the performance, in points of 0-100, over the rows analysed."""
    import numpy as np

    table = np.column_stack([*answers.values(), target])
    kept = answers[code][~np.isnan(table).any(axis=1)]
    low, high = measure.scale
    se = float(kept.std(ddof=1)) / math.sqrt(len(kept)) * 100 / (high - low)
    return normal_quantile(0.95) * se


def _shown(
    outcome: Measure,
    columns: Mapping[str, Measure],
    found: DriverAnalysis,
    places: Mapping[str, Place],
    errors: Mapping[str, float],
    cut: bool,
) -> Drivers:
    policy = driver_policy()
    line = sum(driver.share for driver in found.drivers) / len(found.drivers)
    drivers = []
    for driver in found.drivers:
        half = errors[driver.name]
        low, high = max(0.0, driver.performance - half), min(100.0, driver.performance + half)
        sure = not (driver.low < line < driver.high or low < policy.performance_line < high)
        drivers.append(
            FoundDriver(
                columns[driver.name],
                driver.share,
                driver.low,
                driver.high,
                driver.rank,
                driver.rank_low,
                driver.rank_high,
                driver.performance,
                low,
                high,
                driver.warnings,
                places[driver.name],
                sure,
            )
        )
    n = found.n // policy.round_n_to * policy.round_n_to
    return Drivers(
        outcome, tuple(drivers), n, found.r2, line, policy.performance_line, found.method, cut=cut
    )


def _none(outcome: Measure, why: str, cut: bool) -> Drivers:
    line = driver_policy().performance_line
    return Drivers(outcome, (), 0, 0.0, 0.0, line, "", why, cut)
