"""When a question is asked, pure: conditions on earlier answers, single or joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

# What a person gave: a number, words (also a day, or a mark for a file), the chosen values of a
# multiple choice, the values of a ranking from the first place on, or row to value of a matrix.
Answer = int | str | list[int] | dict[str, int]
Answers = Mapping[str, Answer]


class InstrumentError(ValueError):
    """An instrument's definition contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Ask an item only after another was answered with one of these values.

    ``kind`` "not_in": unless it was answered so; "answered": when it was answered at all.
    """

    item: str
    values: frozenset[int] = frozenset()
    kind: Literal["in", "not_in", "answered"] = "in"

    def holds(self, answers: Answers) -> bool:
        given = answers.get(self.item)
        if self.kind == "answered":
            return given is not None
        chosen = given if isinstance(given, list) else [given]
        if isinstance(given, dict):
            chosen = list(given.values())
        return any(value in self.values for value in chosen) == (self.kind == "in")

    def conditions(self) -> Iterator[Condition]:
        yield self


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions, all or any of which must hold."""

    mode: Literal["all", "any"]
    parts: tuple[Condition | Group, ...]

    def holds(self, answers: Answers) -> bool:
        held = (part.holds(answers) for part in self.parts)
        return all(held) if self.mode == "all" else any(held)

    def conditions(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.conditions()


Logic = Condition | Group


def read_logic(data: Mapping[str, Any]) -> Logic:
    """The condition of a definition: ``{"item", "in" | "not_in" | "answered"}``, or
    ``{"all" | "any": [conditions]}``. Raises InstrumentError."""
    for mode in ("all", "any"):
        if mode in data:
            parts = tuple(read_logic(part) for part in data[mode])
            if not parts:
                raise InstrumentError("a group of conditions holds at least one")
            return Group("all" if mode == "all" else "any", parts)
    if data.get("answered"):
        return Condition(data["item"], kind="answered")
    if "not_in" in data:
        return Condition(data["item"], frozenset(data["not_in"]), "not_in")
    return Condition(data["item"], frozenset(data["in"]))


def logic_data(logic: Logic) -> dict[str, Any]:
    """A condition as the definition holds it; `read_logic` reads it back."""
    if isinstance(logic, Group):
        return {logic.mode: [logic_data(part) for part in logic.parts]}
    if logic.kind == "answered":
        return {"item": logic.item, "answered": True}
    return {"item": logic.item, logic.kind: sorted(logic.values)}
