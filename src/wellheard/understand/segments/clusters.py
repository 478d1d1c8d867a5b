"""Pure: clusters of answers, how stable they are, and what they stand in for."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.intp]


class ClusterError(ValueError):
    """Clusters cannot be made of these answers; the message says why."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """``centres`` (k, items), the best answers first; ``labels`` (n); ``within``: squares."""

    centres: Floats
    labels: Labels
    within: float


def fit(points: Floats, k: int, *, seed: int, starts: int) -> Clusters:
    """K-means (n, items) from several k-means++ starts, the tightest kept. Raises ClusterError.

    Deterministic: the same rows in the same order and the same seed give the same clusters.
    """
    # Loads scipy: only who makes segments pays for it.
    from scipy.cluster.vq import ClusterError as EmptyCluster
    from scipy.cluster.vq import kmeans2

    if len(np.unique(points, axis=0)) < k:
        raise ClusterError(f"there are fewer than {k} different answers")
    rng = np.random.default_rng(seed)
    best: Clusters | None = None
    for _ in range(starts):
        try:
            centres, _ = kmeans2(
                points, _spread(points, k, rng), iter=60, minit="matrix", missing="raise"
            )
        except EmptyCluster:
            continue
        found = _ordered(points, centres)
        if best is None or found.within < best.within - 1e-9:
            best = found
    if best is None:
        raise ClusterError(f"the answers do not fall into {k} groups")
    return best


def assign(points: Floats, centres: Floats) -> Labels:
    """The nearest centre of each row."""
    return np.asarray(_squares(points, centres).argmin(axis=1))


def _squares(points: Floats, centres: Floats) -> Floats:
    gaps = points[:, None, :] - centres[None, :, :]
    return np.asarray((gaps**2).sum(axis=2))


def _spread(points: Floats, k: int, rng: np.random.Generator) -> Floats:
    """K-means++: each further start is drawn by its squared distance (Arthur, Vassilvitskii)."""
    chosen = [points[rng.integers(len(points))]]
    for _ in range(k - 1):
        gaps = _squares(points, np.array(chosen)).min(axis=1)
        total = gaps.sum()
        likely = gaps / total if total else None
        chosen.append(points[rng.choice(len(points), p=likely)])
    return np.array(chosen)


def _ordered(points: Floats, centres: Floats) -> Clusters:
    """The best answers first, so that a name stays with its cluster when it is made again."""
    order = np.lexsort([*centres.T[::-1], -centres.mean(axis=1)])
    centres = centres[order]
    squares = _squares(points, centres)
    return Clusters(centres, np.asarray(squares.argmin(axis=1)), float(squares.min(axis=1).sum()))


@dataclass(frozen=True, slots=True)
class Stability:
    """``jaccard``: of each cluster, mean over bootstrap samples; ``rand``: mean adjusted Rand."""

    jaccard: tuple[float, ...]
    rand: float
    samples: int


def stability(points: Floats, found: Clusters, *, seed: int, samples: int) -> Stability:
    """Make the clusters again from resampled rows and see how much of each comes back."""
    rng = np.random.default_rng(seed)
    k = len(found.centres)
    jaccards, rands = [], []
    for number in range(samples):
        rows = rng.integers(len(points), size=len(points))
        try:
            again = fit(points[rows], k, seed=seed + number + 1, starts=2)
        except ClusterError:
            jaccards.append([0.0] * k)
            rands.append(0.0)
            continue
        labels = assign(points, again.centres)
        overlap = jaccard(found.labels, labels, k)
        jaccards.append(overlap.max(axis=1).tolist())
        rands.append(adjusted_rand(found.labels, labels))
    return Stability(
        tuple(float(x) for x in np.mean(jaccards, axis=0)), float(np.mean(rands)), samples
    )


def jaccard(first: Labels, second: Labels, k: int) -> Floats:
    """Shared over joined members of every pair of clusters (k, k)."""
    table = crossed(first, second, k, k)
    joined = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
    return np.asarray(table / np.maximum(joined, 1))


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Agreement of two partitions, 1 the same, about 0 by chance (Hubert and Arabie 1985)."""
    table = crossed(first, second, int(first.max()) + 1, int(second.max()) + 1)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    rows, columns = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    every = len(first) * (len(first) - 1) / 2
    chance = rows * columns / every if every else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == chance else (pairs(table) - chance) / (most - chance)


def crossed(first: Labels, second: Labels, rows: int, columns: int) -> Floats:
    """How many are in each pair of groups."""
    flat = np.bincount(first * columns + second, minlength=rows * columns)
    return np.asarray(flat.reshape(rows, columns), dtype=np.float64)


def cramers_v(first: Labels, second: Labels) -> float:
    """Association of two groupings, 0 none to 1, corrected for chance (Bergsma 2013)."""
    table = crossed(first, second, int(first.max()) + 1, int(second.max()) + 1)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n, (rows, columns) = table.sum(), table.shape
    if min(rows, columns) < 2:
        return 0.0
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0)[None, :] / n
    phi = float(((table - expected) ** 2 / expected).sum() / n)
    bias = (rows - 1) * (columns - 1) / (n - 1)
    low_rows = rows - (rows - 1) ** 2 / (n - 1)
    low_columns = columns - (columns - 1) ** 2 / (n - 1)
    least = min(low_rows, low_columns) - 1
    return math.sqrt(max(0.0, phi - bias) / least) if least > 0 else 0.0


def fingerprint(ids: NDArray[np.int64], labels: Labels) -> str:
    """The same for the same people in the same segments, and for nothing else."""
    pairs = b"".join(
        f"{a}:{b};".encode() for a, b in zip(ids.tolist(), labels.tolist(), strict=True)
    )
    return hashlib.sha256(pairs).hexdigest()
