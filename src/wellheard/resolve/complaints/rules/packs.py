"""A rule pack: law and policy of one jurisdiction as data, read once and checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wellheard.resolve.complaints.rules.conditions import (
    Condition,
    ConditionError,
    check_condition,
)
from wellheard.resolve.complaints.rules.facts import FACT_NAMES

COUNT_UNITS = frozenset(
    {"minutes", "hours", "working_days", "calendar_days", "months", "stated_days", "before_days"}
)


class PackError(ValueError):
    """A rule pack is not complete or names something that does not exist."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule in the project's own words, with where it comes from and how sure we are."""

    id: str
    text: str
    source: str
    mark: str
    effective_from: date


@dataclass(frozen=True, slots=True)
class CaseClass:
    """A kind of case; a higher `weight` carries more duties."""

    code: str
    label: str
    weight: int
    formal: bool


@dataclass(frozen=True, slots=True)
class ClassRule:
    """When `when` holds, the case is a `then`; the first that holds decides."""

    clause: str
    then: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that staff must answer before a case of the classes in `blocks` closes."""

    code: str
    clause: str
    when: Condition
    blocks: frozenset[str]
    says: str


@dataclass(frozen=True, slots=True)
class Count:
    """A length of time in the unit in which a rule speaks."""

    unit: str
    number: int


@dataclass(frozen=True, slots=True)
class ClockRule:
    """Something that is due, from when it counts and which steps meet it."""

    code: str
    label: str
    clause: str
    duty: bool
    classes: frozenset[str]
    tiers: frozenset[str]
    channels: frozenset[str]
    starts: str
    count: Count
    warn_after: Count
    met_by: frozenset[str]
    replaced_by: str


@dataclass(frozen=True, slots=True)
class Element:
    """A part that a letter must have."""

    code: str
    label: str
    clause: str
    help: str


@dataclass(frozen=True, slots=True)
class LetterRule:
    """What a kind of letter must hold."""

    kind: str
    title: str
    clause: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A code with the words staff read."""

    code: str
    label: str
    needs_why: bool = False


@dataclass(frozen=True, slots=True)
class ClosingNeed:
    """A check that a closing case must pass."""

    check: str
    clause: str
    classes: frozenset[str]
    unless_reason: frozenset[str]
    says: str


@dataclass(frozen=True, slots=True)
class Agency:
    """The outside body that people may always turn to."""

    label: str
    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class RulePack:
    """One version of one jurisdiction's rules."""

    code: str
    version: str
    title: str
    jurisdiction: str
    effective_from: date
    clauses: Mapping[str, Clause]
    classes: Mapping[str, CaseClass]
    default_class: str
    class_rules: tuple[ClassRule, ...]
    prompts: tuple[Prompt, ...]
    clocks: tuple[ClockRule, ...]
    letters: Mapping[str, LetterRule]
    outcomes: tuple[Choice, ...]
    closing_reasons: tuple[Choice, ...]
    closing_needs: tuple[ClosingNeed, ...]
    agency: Agency
    interim_days: int
    reopen_within_days: int
    reading_grade_limit: int

    def clock(self, code: str) -> ClockRule | None:
        """Return the clock rule called `code`."""
        return next((clock for clock in self.clocks if clock.code == code), None)

    def class_label(self, code: str) -> str:
        """Return the words for a class code."""
        return self.classes[code].label if code in self.classes else code


def read_pack(data: Mapping[str, Any]) -> RulePack:
    """Return the pack in `data`; raise PackError naming what is wrong with it."""
    try:
        pack = _pack(data)
    except KeyError as error:
        raise PackError(f"{error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise PackError(str(error)) from error
    _check(pack)
    return pack


def _pack(data: Mapping[str, Any]) -> RulePack:
    sources = data["sources"]
    closing = data["closing"]
    return RulePack(
        code=data["pack"],
        version=data["version"],
        title=data["title"],
        jurisdiction=data["jurisdiction"],
        effective_from=date.fromisoformat(data["effective_from"]),
        clauses={row["id"]: _clause(row, sources) for row in data["clauses"]},
        classes={row["code"]: CaseClass(**row) for row in data["classes"]},
        default_class=data["classification"]["default"],
        class_rules=tuple(ClassRule(**row) for row in data["classification"]["rules"]),
        prompts=tuple(
            Prompt(**(row | {"blocks": frozenset(row["blocks"])})) for row in data["prompts"]
        ),
        clocks=tuple(_clock(row) for row in data["clocks"]),
        letters={kind: _letter(kind, row) for kind, row in data["letters"].items()},
        outcomes=tuple(Choice(**row) for row in data["outcomes"]),
        closing_reasons=tuple(Choice(**row) for row in closing["reasons"]),
        closing_needs=tuple(_need(row) for row in closing["needs"]),
        agency=Agency(
            **{key: data["agency"][key] for key in ("label", "name", "phone", "address")}
        ),
        interim_days=int(data["interim_days"]["default"]),
        reopen_within_days=int(data["reopen_within_days"]),
        reading_grade_limit=int(data["reading_grade_limit"]),
    )


def _clause(row: Mapping[str, Any], sources: Mapping[str, str]) -> Clause:
    return Clause(
        id=row["id"],
        text=row["text"],
        source=sources[row["source"]],
        mark=row["mark"],
        effective_from=date.fromisoformat(row["effective_from"]),
    )


def read_count(row: Mapping[str, int]) -> Count:
    """Return `{"calendar_days": 7}` as a Count; raise PackError for another shape."""
    if len(row) != 1:
        raise PackError("a length of time has exactly one unit")
    ((unit, number),) = row.items()
    if unit not in COUNT_UNITS or not isinstance(number, int) or number < 0:
        raise PackError(f"cannot count {number!r} {unit!r}")
    return Count(unit, number)


def _clock(row: Mapping[str, Any]) -> ClockRule:
    return ClockRule(
        code=row["code"],
        label=row["label"],
        clause=row["clause"],
        duty=row["duty"],
        classes=frozenset(row["classes"]),
        tiers=frozenset(row.get("tiers", ())),
        channels=frozenset(row.get("channels", ())),
        starts=row["starts"],
        count=read_count(row["count"]),
        warn_after=read_count(row["warn_after"]),
        met_by=frozenset(row["met_by"]),
        replaced_by=row.get("replaced_by", ""),
    )


def _letter(kind: str, row: Mapping[str, Any]) -> LetterRule:
    elements = tuple(Element(**element) for element in row["elements"])
    return LetterRule(kind=kind, title=row["title"], clause=row["clause"], elements=elements)


def _need(row: Mapping[str, Any]) -> ClosingNeed:
    return ClosingNeed(
        check=row["check"],
        clause=row["clause"],
        classes=frozenset(row["classes"]),
        unless_reason=frozenset(row.get("unless_reason", ())),
        says=row["says"],
    )


def _check(pack: RulePack) -> None:
    for clause in _clauses_used(pack):
        if clause not in pack.clauses:
            raise PackError(f"clause {clause} is used but not written down")
    for code in _classes_used(pack):
        if code not in pack.classes:
            raise PackError(f"class {code} is used but not written down")
    conditions = [rule.when for rule in pack.class_rules] + [asked.when for asked in pack.prompts]
    for condition in conditions:
        try:
            check_condition(condition, FACT_NAMES)
        except ConditionError as error:
            raise PackError(str(error)) from error


def _clauses_used(pack: RulePack) -> set[str]:
    used = {rule.clause for rule in pack.class_rules} | {asked.clause for asked in pack.prompts}
    used |= {clock.clause for clock in pack.clocks} | {need.clause for need in pack.closing_needs}
    for letter in pack.letters.values():
        used |= {letter.clause} | {element.clause for element in letter.elements}
    return used


def _classes_used(pack: RulePack) -> set[str]:
    used = {pack.default_class} | {rule.then for rule in pack.class_rules}
    for asked in pack.prompts:
        used |= asked.blocks
    for clock in pack.clocks:
        used |= clock.classes
    for need in pack.closing_needs:
        used |= need.classes
    return used
