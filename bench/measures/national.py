"""A national year: case-mix adjustment and stars of 11 measures over 4,500 hospitals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from bench.measures.timing import peak_gigabytes, read_seconds, table, timed

from wellheard.measures.cahps import analyse_items

MEASURES, ADJUSTERS, PER_HOSPITAL = 11, 9, 667
SIZES = (30_000, 300_000, 3_000_000)
ITEMS = [f"measure {i}" for i in range(MEASURES)]
NAMES = [f"adjuster {i}" for i in range(ADJUSTERS)]


def year(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return made-up answers with a third of some measures missing, hospitals, adjusters."""
    random = np.random.default_rng(1)
    hospitals = rows // PER_HOSPITAL
    code = random.integers(0, hospitals, rows).astype(np.int32)
    code[:hospitals] = np.arange(hospitals)
    x = (random.random((rows, ADJUSTERS)) < random.uniform(0.1, 0.6, ADJUSTERS)).astype(float)
    y = x @ random.normal(size=(ADJUSTERS, MEASURES)) * 5 + 80
    y += random.normal(size=hospitals)[code][:, None] * 3
    for item in range(MEASURES):
        y[:, item] += 20 * random.standard_normal(rows)
        if item % 3 == 0:
            y[random.random(rows) < 0.3, item] = np.nan
    return y, code, x


def within_transform(y: np.ndarray, code: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The usual peer for one measure: demean by hospital with pandas, then statsmodels OLS."""
    import statsmodels.api as sm

    kept = ~np.isnan(y)
    frame = pd.DataFrame(np.column_stack([y[kept], x[kept]]))
    centred = (frame - frame.groupby(code[kept]).transform("mean")).to_numpy()
    return np.asarray(sm.OLS(centred[:, 0], centred[:, 1:]).fit().params)


def dummies(y: np.ndarray, code: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The textbook peer for one measure: statsmodels OLS with a dummy per hospital."""
    import statsmodels.api as sm

    kept = ~np.isnan(y)
    design = np.column_stack([x[kept], pd.get_dummies(code[kept], dtype=float).to_numpy()])
    return np.asarray(sm.OLS(y[kept], design).fit().params)[:ADJUSTERS]


def report() -> str:
    """Compare at three sizes; peers are timed on one measure and multiplied by eleven."""
    within_transform(*_one(year(3000)))
    rows = []
    for size in SIZES:
        y, code, x = year(size)
        wall, cpu, ours = timed(
            lambda y=y, code=code, x=x: analyse_items(y, code, x, items=ITEMS, adjuster_names=NAMES)
        )
        memory = peak_gigabytes()
        peer, _, theirs = timed(lambda y=y, code=code, x=x: within_transform(y[:, 0], code, x))
        assert np.allclose(theirs, ours.coefficients[0])
        textbook = "does not fit"
        if size <= 30_000:
            seconds, _, same = timed(lambda y=y, code=code, x=x: dummies(y[:, 0], code, x))
            assert np.allclose(same, ours.coefficients[0])
            textbook = f"{MEASURES * seconds:.2f} s"
        floor = read_seconds(y.nbytes + x.nbytes + code.nbytes)
        rows.append(
            [
                f"{size:,}", size // PER_HOSPITAL, f"{wall:.2f} s", f"{cpu:.2f} s",
                f"{floor:.3f} s", f"{memory:.2f} GB", f"{MEASURES * peer:.2f} s",
                f"{MEASURES * peer / wall:.1f}x", textbook,
            ]
        )  # fmt: skip
    head = ["completes", "hospitals", "ours, wall", "ours, CPU", "floor (read once)",
            "peak memory with data", "pandas + statsmodels within x 11", "ratio",
            "statsmodels dummies x 11"]  # fmt: skip
    note = (
        f"{MEASURES} measures, {ADJUSTERS} adjusters, one core: adjustment, variances, F and t "
        "tests, stars. Coefficients equal the peers'. The peers do the regression only. The "
        "arithmetic floor for 3,000,000 rows is 3.6 GFLOP for the adjusters' products "
        "(55 sums x 11 masks) and 0.7 GFLOP for the answers."
    )
    return f"{table(head, rows)}\n\n{note}"


def _one(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[np.ndarray, ...]:
    y, code, x = data
    return y[:, 0], code, x
