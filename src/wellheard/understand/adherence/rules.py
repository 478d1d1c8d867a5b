"""Pure: days covered compared by the design of the programme, with what the design can tell."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, Literal

from wellheard.measures.intervals import mean_interval, newcombe

if TYPE_CHECKING:
    from wellheard.measures.effects import Effect
    from wellheard.measures.intervals import Difference, Mean

_FILE = Path(__file__).with_name("data") / "adherence-2026-11.json"
Design = Literal["observational", "before_after", "randomised"]
Verdict = Literal["more", "less", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class AdherencePolicy:
    """The rule in force. ``coarser``: strata to compare within, the finest first."""

    code: str
    version: str
    source: str
    adherent_from: float
    coarser: tuple[tuple[str, ...], ...]
    least_compared: float

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every table."""
        return f"{self.code} {self.version}"


@cache
def adherence_policy() -> AdherencePolicy:
    """The rule in force."""
    page: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return AdherencePolicy(
        page["code"],
        page["version"],
        page["source"],
        page["adherent_from"],
        tuple(tuple(row) for row in page["coarser"]),
        page["least_compared"],
    )


@dataclass(frozen=True, slots=True)
class Covered:
    """One person's share of days with medicine, 0 to 100, in one span; ``groups``: by name."""

    who: str
    percent: float
    reminded: bool
    groups: Mapping[str, str]
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a programme. ``people``: who could be compared; ``arms``: the means with
    reminders and without, as they stand; ``plain``: the difference without strata;
    ``adherent``: shares of people at or above the line (none for pairs); ``within``: what was
    compared within."""

    design: Design
    people: int
    arms: tuple[Mean, Mean]
    effect: Effect
    plain: Effect | None
    adherent: Difference | None
    within: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        if self.effect.low > 0:
            return "more"
        return "less" if self.effect.high < 0 else "cannot_tell"


def compare(
    design: Design, rows: Sequence[Covered], policy: AdherencePolicy, *, minimum: int
) -> Compared | None:
    """The comparison a design allows; None when a group is too small to show, or nothing varies."""
    from wellheard.measures.errors import MeasureError

    try:
        return _BY_DESIGN[design](rows, policy, minimum)
    except MeasureError:
        return None


def _randomised(rows: Sequence[Covered], policy: AdherencePolicy, minimum: int) -> Compared | None:
    """Chance made the groups alike: the plain difference is the answer."""
    from wellheard.measures.effects import mean_difference

    reminded, others = _apart(rows)
    if not _enough(reminded, others, minimum):
        return None
    effect = mean_difference(_percents(reminded), _percents(others))
    arms = _arms(_percents(reminded), _percents(others))
    share = _adherent(reminded, others, policy)
    return Compared("randomised", len(reminded) + len(others), arms, effect, None, share, ())


def _observational(
    rows: Sequence[Covered], policy: AdherencePolicy, minimum: int
) -> Compared | None:
    """Within strata, made coarser until most people can be compared."""
    from wellheard.measures.effects import mean_difference, stratified_difference
    from wellheard.measures.errors import MeasureError

    reminded, others = _apart(rows)
    if not _enough(reminded, others, minimum):
        return None
    people = [*reminded, *others]
    plain = mean_difference(_percents(reminded), _percents(others))
    arms = _arms(_percents(reminded), _percents(others))
    for names in policy.coarser:
        labels = [" | ".join(each.groups.get(name, "") for name in names) for each in people]
        try:
            effect = stratified_difference(
                _percents(people), [each.reminded for each in people], labels
            )
        except MeasureError:
            continue
        if effect.left_out <= (1 - policy.least_compared) * len(people):
            compared = effect.n + effect.n_other
            share = _adherent(reminded, others, policy)
            return Compared("observational", compared, arms, effect, plain, share, names)
    return None


def _before_after(
    rows: Sequence[Covered], policy: AdherencePolicy, minimum: int
) -> Compared | None:
    """The same people without reminders and with them."""
    from wellheard.measures.effects import paired_change

    own: dict[str, dict[bool, list[float]]] = defaultdict(lambda: {True: [], False: []})
    for each in rows:
        own[each.who][each.reminded].append(each.percent)
    pairs = [(mean(both[False]), mean(both[True])) for both in own.values() if all(both.values())]
    if len(pairs) < minimum:
        return None
    before, after = [each for each, _ in pairs], [each for _, each in pairs]
    effect = paired_change(before, after)
    return Compared("before_after", len(pairs), _arms(after, before), effect, None, None, ())


_BY_DESIGN: dict[
    Design, Callable[[Sequence[Covered], AdherencePolicy, int], Compared | None]
] = {
    "randomised": _randomised,
    "observational": _observational,
    "before_after": _before_after,
}  # fmt: skip


def _apart(rows: Sequence[Covered]) -> tuple[list[Covered], list[Covered]]:
    """One line a person and arm: several medicines or spans of one person are averaged, or they
    would count as several people."""
    own: dict[tuple[bool, str], list[Covered]] = defaultdict(list)
    for each in rows:
        own[each.reminded, each.who].append(each)
    found: tuple[list[Covered], list[Covered]] = ([], [])
    for (reminded, who), several in own.items():
        medicines = {each.groups.get("medicine", "") for each in several}
        groups = {**several[0].groups, "medicine": " + ".join(sorted(medicines))}
        line = Covered(who, mean(_percents(several)), reminded, groups, several[0].place)
        found[0 if reminded else 1].append(line)
    return found


def _enough(reminded: Sequence[Covered], others: Sequence[Covered], minimum: int) -> bool:
    return min(len(reminded), len(others)) >= max(minimum, 2)


def _arms(reminded: Sequence[float], others: Sequence[float]) -> tuple[Mean, Mean]:
    return mean_interval(reminded), mean_interval(others)


def _percents(rows: Sequence[Covered]) -> list[float]:
    return [each.percent for each in rows]


def _adherent(
    reminded: Sequence[Covered], others: Sequence[Covered], policy: AdherencePolicy
) -> Difference:
    line = 100 * policy.adherent_from
    over = [sum(each.percent >= line for each in group) for group in (reminded, others)]
    return newcombe(over[0], len(reminded), over[1], len(others))
