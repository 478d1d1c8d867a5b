"""The NHS Friends and Family Test: shares, and suppression down the tree of units.

Question (from April 2020): "Overall, how was your experience of our service?" Shares are of all
responses, "don't know" included. Source: NHS England Friends and Family Test guidance and
publication templates, July 2025. The test must not be used to compare providers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wellheard.measures.errors import EmptyData, OutOfRange, UnknownName
from wellheard.measures.intervals import Proportion, wilson

ANSWERS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
# Units with one to four responses are shown as "*".
FEWEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class FriendsAndFamily:
    """Counts by answer, positive and negative share, response rate (None if unknown)."""

    counts: dict[str, int]
    n: int
    positive: Proportion
    negative: Proportion
    response_rate: Proportion | None


@dataclass(frozen=True, slots=True)
class FriendsAndFamilyUnit:
    """A unit in the tree: `parent` is None for the whole, `n` its responses."""

    code: str
    parent: str | None
    n: int


def friends_and_family(
    counts: Mapping[str, int], *, eligible: int | None = None, level: float = 0.95
) -> FriendsAndFamily:
    """Score counts by answer (keys of :data:`ANSWERS`; missing ones count as 0)."""
    for answer, count in counts.items():
        if answer not in ANSWERS:
            raise UnknownName("counts", f"has the unknown answer {answer!r}")
        if count < 0 or int(count) != count:
            raise OutOfRange(answer, "needs a whole number of at least 0")
    full = {answer: int(counts.get(answer, 0)) for answer in ANSWERS}
    n = sum(full.values())
    if n == 0:
        raise EmptyData("counts", "there are no responses")
    rate = None if eligible is None else wilson(n, eligible, level=level)
    return FriendsAndFamily(
        full,
        n,
        wilson(full["very_good"] + full["good"], n, level=level),
        wilson(full["poor"] + full["very_poor"], n, level=level),
        rate,
    )


def shown_units(units: Sequence[FriendsAndFamilyUnit]) -> frozenset[str]:
    """Return the codes of the units whose figures may be shown.

    Units with 1 to 4 responses are hidden. Where that leaves a single hidden child under a shown
    parent, the next smallest child with responses is hidden too, so that the difference from the
    parent gives nothing away. Below a hidden unit everything with responses is hidden.
    """
    by_code = {unit.code: unit for unit in units}
    children: dict[str, list[FriendsAndFamilyUnit]] = {}
    for unit in units:
        if unit.parent is not None:
            if unit.parent not in by_code:
                raise UnknownName(unit.code, f"has the unknown parent {unit.parent!r}")
            children.setdefault(unit.parent, []).append(unit)
    _require_tree(by_code, children)
    hidden: set[str] = set()
    queue = [unit for unit in units if unit.parent is None]
    hidden.update(unit.code for unit in queue if 0 < unit.n < FEWEST_SHOWN)
    for unit in queue:
        below = children.get(unit.code, [])
        hidden.update(_hidden_children(unit, below, parent_hidden=unit.code in hidden))
        queue.extend(below)
    return frozenset(by_code) - hidden


def _hidden_children(
    parent: FriendsAndFamilyUnit, below: Sequence[FriendsAndFamilyUnit], *, parent_hidden: bool
) -> set[str]:
    answered = sorted((unit for unit in below if unit.n > 0), key=lambda unit: (unit.n, unit.code))
    if parent_hidden:
        return {unit.code for unit in answered}
    few = [unit for unit in answered if unit.n < FEWEST_SHOWN]
    # Units of the parent that are not listed hide a lone small child already.
    unlisted = parent.n - sum(unit.n for unit in below)
    if len(few) == 1 and unlisted == 0:
        few = answered[:2]
    return {unit.code for unit in few}


def _require_tree(
    by_code: Mapping[str, FriendsAndFamilyUnit],
    children: Mapping[str, Sequence[FriendsAndFamilyUnit]],
) -> None:
    for code, below in children.items():
        if sum(unit.n for unit in below) > by_code[code].n:
            raise OutOfRange(code, "has fewer responses than the units below it")
    for unit in by_code.values():
        if unit.n < 0:
            raise OutOfRange(unit.code, "has a negative number of responses")
        seen, above = {unit.code}, unit.parent
        while above is not None:
            if above in seen:
                raise OutOfRange(unit.code, "lies below itself")
            seen.add(above)
            above = by_code[above].parent
