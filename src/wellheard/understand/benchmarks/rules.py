"""Pure: what may be compared, and where a figure stands among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MID_RANK = "mid-rank percentile"
DECILE_METHOD = "90th percentile, linear interpolation"


class PeriodMismatchError(ValueError):
    """Figures of different periods are never compared."""


class SurveyMismatchError(ValueError):
    """Figures of different surveys, or of different kinds of hospital, are never compared."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure with what is needed to compare it."""

    entity: str
    survey: str
    release: str
    measure: str
    value: float | None
    completes: int | None
    footnotes: tuple[str, ...]
    period_start: date
    period_end: date


def difference(first: Figure, second: Figure) -> float | None:
    """First value minus second; None when one was not published.

    Raises SurveyMismatchError and PeriodMismatchError.
    """
    check_comparable(first, second)
    if first.value is None or second.value is None:
        return None
    return first.value - second.value


def check_comparable(first: Figure, second: Figure) -> None:
    """Raise when the two may not stand side by side."""
    if (first.survey, first.measure) != (second.survey, second.measure):
        raise SurveyMismatchError(
            f"{first.survey} {first.measure} against {second.survey} {second.measure}"
        )
    if (first.period_start, first.period_end) != (second.period_start, second.period_end):
        raise PeriodMismatchError(
            f"{first.period_start} to {first.period_end} against "
            f"{second.period_start} to {second.period_end}"
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a value stands among all published ones of its release (not an average of others)."""

    of: int
    percentile: float
    top_decile: float
    method: str


def standing(value: float, published: Sequence[float]) -> Standing:
    """Mid-rank percentile of `value` among `published` (at least one), and the top-decile line.

    Percentile = 100 (number below + half the number equal) / number of all.
    """
    if not published:
        raise ValueError("published: there is nothing to stand among")
    below = sum(other < value for other in published)
    equal = sum(other == value for other in published)
    percentile = 100 * (below + equal / 2) / len(published)
    return Standing(len(published), percentile, _quantile(sorted(published), 0.9), MID_RANK)


@dataclass(frozen=True, slots=True)
class Sized:
    """One hospital's published share (0-100) and how many completed its survey."""

    code: str
    name: str
    state: str
    value: float
    completes: int


def like_sized(own: Sized, all_of_them: Sequence[Sized], most: int) -> list[Sized]:
    """The ``most`` hospitals nearest in completes, itself among them; ties by code."""
    distance = {each.code: abs(each.completes - own.completes) for each in all_of_them}
    nearest = sorted(all_of_them, key=lambda each: (distance[each.code], each.code))
    return nearest[:most]


def _quantile(ordered: Sequence[float], share: float) -> float:
    position = share * (len(ordered) - 1)
    lower = int(position)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (position - lower) * (ordered[upper] - ordered[lower])
