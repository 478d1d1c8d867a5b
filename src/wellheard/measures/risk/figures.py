"""What is said of the quality of predictions: plain values, read by pages without numpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of a calibration curve: mean prediction and observed rate with Wilson interval."""

    n: int
    events: int
    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality of predictions on rows they were not fitted on.

    ``intercept``: calibration in the large (0 is right), ``slope``: of the log odds (1 is right),
    ``ece``: mean gap between prediction and rate over bins, ``skill``: Brier skill against always
    saying the base rate.
    """

    n: int
    events: int
    clusters: int
    base: float
    auc: Interval
    brier: Interval
    slope: Interval
    intercept: Interval
    ece: float
    skill: float
    bins: tuple[Bin, ...]
    level: float
    draws: int
    method: str


@dataclass(frozen=True, slots=True)
class GroupQuality:
    """One group: None where it is too small to be judged.

    ``gap``: mean prediction minus observed rate (its interval is the observed rate's, Wilson);
    ``auc`` with a normal interval (Hanley and McNeil 1982).
    """

    group: str
    n: int
    events: int
    predicted: float | None
    observed: Interval | None
    gap: float | None
    auc: Interval | None
    flagged: float | None
    verdict: str
