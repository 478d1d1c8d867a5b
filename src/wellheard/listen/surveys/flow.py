"""Where a survey leads, pure: which questions are reached, and what is wrong with its conditions.

Every way through is walked, branching only where a later condition tells two answers apart, so
that a survey of fifty questions with ten screening questions is checked in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from wellheard.listen.surveys.logic import Answer, Condition
from wellheard.listen.surveys.rules import Instrument, Item

FaultKind = Literal[
    "missing", "loop", "order", "contradiction", "unreachable", "dead_end", "mixed", "too_large"
]
_MOST_WAYS = 20_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``other``: the item, or the answer, it has to do with."""

    item: str
    kind: FaultKind
    other: str = ""

    @property
    def stops(self) -> bool:
        """Whether the survey cannot be published with it."""
        return self.kind != "dead_end"


@dataclass(frozen=True, slots=True)
class Branch:
    """What an answer to a question opens: the items that are asked because of it."""

    item: str
    value: int | None
    opens: tuple[str, ...]


def check_flow(instrument: Instrument) -> list[Fault]:
    """Everything that is wrong with the conditions, in the order of the questions."""
    faults = [*_wrong_order(instrument), *_mixed(instrument)]
    if any(fault.kind in ("missing", "loop", "order") for fault in faults):
        return faults
    apart = [item.code for item in instrument.items if _contradicts(instrument, item)]
    faults += [Fault(code, "contradiction") for code in apart]
    try:
        walk = _Walk(instrument)
    except _TooManyWaysError:
        return [*faults, Fault(instrument.items[0].code, "too_large")]
    faults += [
        Fault(item.code, "unreachable")
        for item in instrument.items
        if item.code not in walk.reached and item.code not in apart
    ]
    faults += [Fault(code, "dead_end", str(value)) for code, value in sorted(walk.dead_ends)]
    place = {item.code: n for n, item in enumerate(instrument.items)}
    return sorted(faults, key=lambda fault: place[fault.item])


def branches(instrument: Instrument) -> list[Branch]:
    """For each question that others depend on, what each of its answers opens."""
    found = []
    for item in instrument.items:
        waiting = [each for each in instrument.items if item.code in _depends_on(each)]
        for value in _values(item) if waiting else ():
            opens = [
                each.code
                for each in waiting
                if any(
                    condition.item == item.code and condition.holds({item.code: value})
                    for condition in _conditions(each)
                )
            ]
            number = value if isinstance(value, int) else None
            found.append(Branch(item.code, number, tuple(opens)))
    return found


class _TooManyWaysError(Exception):
    """There are more ways through than can be walked."""


class _Walk:
    """Every way through a survey, taken once for each set of answers that still matters."""

    def __init__(self, instrument: Instrument) -> None:
        self._items = instrument.items
        self._switches = {c.item for each in instrument.items for c in _conditions(each)}
        self._needed_after = self._needed()
        self._seen: set[tuple[int, frozenset[tuple[str, str]]]] = set()
        self.reached: set[str] = set()
        self.dead_ends: set[tuple[str, int]] = set()
        self._go(0, {})

    def _needed(self) -> list[set[str]]:
        """For each place, the switches that conditions from there on look at."""
        needed: list[set[str]] = [set()]
        for item in reversed(self._items):
            needed.append(needed[-1] | _depends_on(item))
        return needed[::-1]

    def _go(self, place: int, answers: dict[str, Answer]) -> None:
        stack = [(place, answers)]
        while stack:
            at, given = stack.pop()
            given = {code: v for code, v in given.items() if code in self._needed_after[at]}
            key = (at, frozenset((code, repr(value)) for code, value in given.items()))
            if at == len(self._items) or key in self._seen:
                continue
            self._seen.add(key)
            if len(self._seen) > _MOST_WAYS:
                raise _TooManyWaysError
            stack += self._steps(at, given)

    def _steps(self, at: int, given: dict[str, Answer]) -> Iterator[tuple[int, dict[str, Answer]]]:
        item = self._items[at]
        asked = item.ask_if is None or item.ask_if.holds(given)
        if not asked or item.code not in self._switches:
            if asked:
                self.reached.add(item.code)
            yield at + 1, given
            return
        self.reached.add(item.code)
        yield at + 1, given
        for value in _values(item):
            after = {**given, item.code: value}
            if isinstance(value, int) and self._ends(at + 1, after):
                self.dead_ends.add((item.code, value))
            yield at + 1, after

    def _ends(self, at: int, answers: dict[str, Answer]) -> bool:
        rest = self._items[at:]
        return bool(rest) and not any(
            item.ask_if is None or item.ask_if.holds(answers) for item in rest
        )


def _wrong_order(instrument: Instrument) -> Iterator[Fault]:
    place = {item.code: n for n, item in enumerate(instrument.items)}
    depends = {item.code: _depends_on(item) for item in instrument.items}
    for item in instrument.items:
        for other in sorted(depends[item.code]):
            if other not in place:
                yield Fault(item.code, "missing", other)
            elif _leads_back(other, item.code, depends):
                yield Fault(item.code, "loop", other)
            elif place[other] >= place[item.code]:
                yield Fault(item.code, "order", other)


def _leads_back(start: str, goal: str, depends: Mapping[str, set[str]]) -> bool:
    seen, todo = set[str](), [start]
    while todo:
        code = todo.pop()
        if code == goal:
            return True
        if code not in seen:
            seen.add(code)
            todo += depends.get(code, set())
    return False


def _mixed(instrument: Instrument) -> Iterator[Fault]:
    """Items that could come before the question they depend on, or whose group is torn apart."""
    mixes = {item.code: item.mix for item in instrument.items if item.mix}
    ended: set[str] = set()
    last = ""
    for item in instrument.items:
        if item.mix != last:
            ended.add(last)
            last = item.mix
            if item.mix and item.mix in ended:
                yield Fault(item.code, "mixed", item.mix)
        for other in sorted(_depends_on(item)):
            if item.mix and mixes.get(other) == item.mix:
                yield Fault(item.code, "mixed", other)


def _contradicts(instrument: Instrument, item: Item) -> bool:
    """Whether no answers at all can make its condition hold."""
    if item.ask_if is None:
        return False
    switches = sorted(_depends_on(item))
    choices = [[None, *_values(instrument.item(code))] for code in switches]
    for tried, values in enumerate(product(*choices)):
        given = {c: v for c, v in zip(switches, values, strict=True) if v is not None}
        if item.ask_if.holds(given):
            return False
        if tried > _MOST_WAYS:
            return False
    return True


def _values(item: Item) -> list[Answer]:
    """Answers that stand for all that can be given: each one, and several together."""
    if item.scale is None:
        return ["something"]
    values = [choice.value for choice in item.scale.choices]
    if item.kind in ("multiple", "ranking"):
        together = [choice.value for choice in item.scale.choices if not choice.alone]
        return [*([value] for value in values), together]
    if item.kind == "matrix":
        return [{item.rows[0].code: value} for value in values]
    return [*values]


def _conditions(item: Item) -> list[Condition]:
    return list(item.ask_if.conditions()) if item.ask_if else []


def _depends_on(item: Item) -> set[str]:
    return {condition.item for condition in _conditions(item)}
