"""Suppressing shares, and finding counts that two answers give away by subtraction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wellheard.measures.errors import EmptyData, OutOfRange
from wellheard.measures.suppression.solver import CMS_MINIMUM, Suppression, suppress


@dataclass(frozen=True, slots=True)
class SharesShown:
    """For each group its (count, n) where a share may be shown, else None; and the proof."""

    shown: dict[str, tuple[int, int] | None]
    cells: Suppression


@dataclass(frozen=True, slots=True)
class Leak:
    """Two answered questions whose difference is a small count nobody should learn."""

    larger: str
    smaller: str
    size: int


def suppress_shares(
    groups: Mapping[str, tuple[int, int]],
    *,
    minimum: int = CMS_MINIMUM,
    total: str = "all",
) -> SharesShown:
    """Decide for which groups (name to (count, n)) a share may be shown beside the total's.

    A share and its n give away the count and the rest, so both are cells of the table, together
    with the totals over the groups, whose name is `total`.
    """
    if not groups:
        raise EmptyData("groups", "there are none")
    if total in groups:
        raise OutOfRange("total", f"a group is called {total!r} too")
    everyone = (sum(k for k, _ in groups.values()), sum(n for _, n in groups.values()))
    cells: dict[str, int] = {}
    sums: list[tuple[str, list[str]]] = []
    for name, (count, n) in {**groups, total: everyone}.items():
        if not 0 <= count <= n:
            raise OutOfRange(name, f"needs 0 <= count <= n, has {count} of {n}")
        cells |= {f"{name} count": count, f"{name} rest": n - count, f"{name} n": n}
        sums.append((f"{name} n", [f"{name} count", f"{name} rest"]))
    for part in ("count", "rest", "n"):
        sums.append((f"{total} {part}", [f"{name} {part}" for name in groups]))
    found = suppress(cells, sums, minimum=minimum)
    parts = ("count", "rest", "n")
    shown = {
        name: None
        if any(found.shown[f"{name} {part}"] is None for part in parts)
        else (cells[f"{name} count"], cells[f"{name} n"])
        for name in (*groups, total)
    }
    return SharesShown(shown, found)


def leaks(
    answered: Mapping[str, frozenset[str]], counts: Mapping[str, int], *, minimum: int = CMS_MINIMUM
) -> tuple[Leak, ...]:
    """Find pairs of answers that give away a small count by subtraction.

    `answered` maps each question (a set of filters) to the smallest cells it adds up, `counts`
    those cells to their counts. If one question covers another, the difference is known to
    whoever saw both; it leaks when it lies from 1 to `minimum` - 1.
    """
    for question, cells in answered.items():
        for cell in cells:
            if cell not in counts:
                raise OutOfRange(question, f"adds up {cell!r}, which has no count")
    found = []
    for larger, outer in answered.items():
        for smaller, inner in answered.items():
            if inner < outer:
                size = sum(counts[cell] for cell in outer - inner)
                if 1 <= size < minimum:
                    found.append(Leak(larger, smaller, size))
    return tuple(found)
