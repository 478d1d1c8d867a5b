"""How often nominal 95 % intervals hold the truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bench.measures.timing import table

from wellheard.measures.agreement import agreement
from wellheard.measures.bootstrap import clustered_mean
from wellheard.measures.cahps import cahps_analysis
from wellheard.measures.change import difference_in_differences, interrupted_series
from wellheard.measures.intervals import mean_interval, newcombe, wilson
from wellheard.measures.nps import nps_from_counts
from wellheard.measures.weights import weighted_mean

Held = Callable[[np.random.Generator], bool]


def report() -> str:
    """Simulate each interval; a hit is an interval that holds the true value."""
    rows = []
    for name, draws, held in CASES:
        random = np.random.default_rng(7)
        share = np.mean([held(random) for _ in range(draws)])
        margin = 1.96 * np.sqrt(share * (1 - share) / draws)
        rows.append([name, f"{100 * share:.1f} %", f"+/- {100 * margin:.1f}", draws])
    note = (
        "Shares of small counts cannot hit 95 % exactly; the interrupted series is conservative "
        "when errors are independent, the price of holding when they are not."
    )
    head = ["interval", "covers", "simulation error", "draws"]
    return f"{table(head, rows)}\n\n{note}"


def share(p: float, n: int) -> Held:
    """Wilson."""

    def held(random: np.random.Generator) -> bool:
        found = wilson(int(random.binomial(n, p)), n)
        return found.low <= p <= found.high

    return held


def gap(p: float, q: float, n: int, m: int) -> Held:
    """Newcombe."""

    def held(random: np.random.Generator) -> bool:
        found = newcombe(int(random.binomial(n, p)), n, int(random.binomial(m, q)), m)
        return found.low <= p - q <= found.high

    return held


def promoter(n: int, p: float, d: float) -> Held:
    """Net Promoter Score."""

    def held(random: np.random.Generator) -> bool:
        a, b, c = random.multinomial(n, [p, 1 - p - d, d])
        found = nps_from_counts(int(a), int(b), int(c))
        return found.low <= 100 * (p - d) <= found.high

    return held


def mean(n: int) -> Held:
    """Student t on 0-10 ratings."""
    values, chance = np.arange(11), np.array([2, 1, 1, 2, 2, 4, 6, 12, 20, 22, 28]) / 100

    def held(random: np.random.Generator) -> bool:
        found = mean_interval(random.choice(values, n, p=chance))
        return found.low <= values @ chance <= found.high

    return held


def clustered(clusters: int) -> Held:
    """Clustered bootstrap."""

    def held(random: np.random.Generator) -> bool:
        code = np.repeat(np.arange(clusters), 15)
        values = random.normal(0, 0.5, clusters)[code] + random.normal(size=len(code))
        found = clustered_mean(values, code, draws=500)
        return found.low <= 0 <= found.high

    return held


def weighted(n: int) -> Held:
    """Weighted mean when weights go with the values."""

    def held(random: np.random.Generator) -> bool:
        group = random.random(n) < 0.5
        values = random.normal(size=n) + group
        found = weighted_mean(values, np.where(group, 1.0, 3.0))
        return found.low <= 0.25 <= found.high

    return held


def adjusted(n: int) -> Held:
    """CAHPS contrast of the first of six entities."""

    def held(random: np.random.Generator) -> bool:
        code = np.repeat(np.arange(6), n)
        x = random.normal(size=6 * n) + code / 5
        y = 0.5 * x + 0.1 * code + random.normal(size=6 * n)
        row = cahps_analysis({"y": y}, code, {"x": x}).entities[0]
        # True adjusted deviation: level 0 against the mean level 0.25.
        return abs(row.delta + 0.25) <= 1.96 * row.se

    return held


def step(n: int, rho: float, *, trend: bool) -> Held:
    """Interrupted time series with n points, half before."""

    def held(random: np.random.Generator) -> bool:
        errors = autoregressive(random, n, rho)
        found = interrupted_series(errors, n // 2, trend=trend).level
        return found.low <= 0 <= found.high

    return held


def differences(units: int) -> Held:
    """Difference in differences with as many other units."""

    def held(random: np.random.Generator) -> bool:
        code = np.repeat(np.arange(2 * units), 8)
        after = np.tile(np.arange(8) >= 4, 2 * units)
        treated = code < units
        y = random.normal(size=2 * units)[code] + random.normal(size=len(code)) + after
        found = difference_in_differences(y, code, treated, after).effect
        return found.low <= 0 <= found.high

    return held


def raters(n: int) -> Held:
    """AC1 of two raters who agree on 85 % of two equally frequent categories: true AC1 .70."""

    def held(random: np.random.Generator) -> bool:
        first = random.integers(0, 2, n)
        second = np.where(random.random(n) < 0.85, first, 1 - first)
        found = agreement(np.column_stack([first, second]), categories=[0, 1], draws=300)
        return found.low <= 0.7 <= found.high

    return held


def autoregressive(random: np.random.Generator, n: int, rho: float) -> np.ndarray:
    """Return a stationary AR(1) series with unit variance."""
    shocks = random.normal(size=n) * np.sqrt(1 - rho**2)
    shocks[0] /= np.sqrt(1 - rho**2)
    for i in range(1, n):
        shocks[i] += rho * shocks[i - 1]
    return shocks


CASES: list[tuple[str, int, Held]] = [
    ("Wilson, p .80, n 50", 20_000, share(0.8, 50)),
    ("Wilson, p .95, n 300", 20_000, share(0.95, 300)),
    ("Newcombe, .80 and .70, n 100 and 60", 20_000, gap(0.8, 0.7, 100, 60)),
    ("mean of ratings, n 40", 4000, mean(40)),
    ("NPS, n 20", 20_000, promoter(20, 0.5, 0.2)),
    ("NPS, n 200", 20_000, promoter(200, 0.5, 0.2)),
    ("clustered bootstrap, 20 clusters", 1500, clustered(20)),
    ("clustered bootstrap, 60 clusters", 1500, clustered(60)),
    ("weighted mean, n 200", 4000, weighted(200)),
    ("CAHPS contrast, 6 entities of 60", 1000, adjusted(60)),
    ("difference in differences, 10 + 10 units", 2000, differences(10)),
    ("Gwet AC1, 80 subjects", 300, raters(80)),
    ("interrupted series, 16 points, rho 0", 1000, step(16, 0.0, trend=False)),
    ("interrupted series, 24 points, rho 0", 1000, step(24, 0.0, trend=False)),
    ("interrupted series, 24 points, rho .2", 1000, step(24, 0.2, trend=False)),
    ("interrupted series, 24 points, rho .4", 1000, step(24, 0.4, trend=False)),
    ("interrupted series, 24 points, rho .6", 1000, step(24, 0.6, trend=False)),
    ("interrupted series with trend, 24 points, rho .2", 1000, step(24, 0.2, trend=True)),
    ("interrupted series with trend, 48 points, rho .4", 1000, step(48, 0.4, trend=True)),
]
