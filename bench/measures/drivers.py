"""Key drivers: 12 drivers, 2,000 bootstraps, 20,000 rows."""

from __future__ import annotations

import itertools
import math

import numpy as np
from bench.measures.timing import table, timed

from wellheard.measures.drivers import key_drivers, shapley_shares

ROWS, DRIVERS, DRAWS = 20_000, 12, 2000


def survey(rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return correlated drivers and an outcome with falling effects."""
    random = np.random.default_rng(1)
    common = random.normal(size=rows)
    x = {f"driver {i}": 0.7 * common + random.normal(size=rows) for i in range(DRIVERS)}
    effects = np.linspace(1, 0, DRIVERS)
    y = sum(effect * column for effect, column in zip(effects, x.values(), strict=True))
    return x, y + 3 * random.normal(size=rows)


def all_subsets_by_least_squares(correlation: np.ndarray) -> np.ndarray:
    """The plain way for one sample: a solve for each of the 2^p subsets."""
    drivers = len(correlation) - 1
    r2 = {(): 0.0}
    for count in range(1, drivers + 1):
        for subset in itertools.combinations(range(drivers), count):
            right = correlation[subset, -1]
            r2[subset] = right @ np.linalg.solve(correlation[np.ix_(subset, subset)], right)
    shares = np.zeros(drivers)
    for subset, value in r2.items():
        for driver in range(drivers):
            size = len(subset) - (driver in subset)
            weight = math.factorial(size) * math.factorial(drivers - size - 1)
            sign = 1 if driver in subset else -1
            shares[driver] += sign * value * weight / math.factorial(drivers)
    return shares


def report() -> str:
    """Time the whole analysis, its two halves, and the plain way per sample."""
    x, y = survey(ROWS)
    wall, cpu, found = timed(lambda: key_drivers(x, y, draws=DRAWS))
    quick, _, _ = timed(lambda: key_drivers(x, y, draws=DRAWS, method="relative_weights"))
    correlation = np.corrcoef(np.column_stack([*x.values(), y]).T)
    plain, _, expected = timed(lambda: all_subsets_by_least_squares(correlation))
    many = np.repeat(correlation[None], 200, axis=0)
    ours, _, shares = timed(lambda: shapley_shares(many))
    assert np.allclose(shares[0], expected)
    rows = [
        ["Shapley, 12 drivers, 2,000 draws, 20,000 rows", f"{wall:.2f} s", f"{cpu:.2f} s"],
        ["relative weights, the same", f"{quick:.2f} s", ""],
        ["all subsets of one sample, ours", f"{1000 * ours / 200:.2f} ms", ""],
        ["all subsets of one sample, a solve each", f"{1000 * plain:.0f} ms", ""],
        ["2,000 samples the plain way (extrapolated)", f"{DRAWS * plain:.0f} s", ""],
    ]
    floor = 2 * DRAWS * ROWS * (91 + 13) / 1e9
    note = (
        f"Arithmetic floor: {floor:.1f} GFLOP for the cross products of all samples. First by "
        f"rank: {found.drivers[0].name}, ranks {found.drivers[0].rank_low}-"
        f"{found.drivers[0].rank_high}."
    )
    return f"{table(['what', 'wall', 'CPU'], rows)}\n\n{note}"
