"""The rules of the reply desk, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.resolve.replies.rules.linting import Rule, compiled

LANGUAGES = ("en", "es", "ar")


@dataclass(frozen=True, slots=True)
class LintRules:
    """What may not be said. ``reasons`` and ``better`` (by language) by kind."""

    version: str
    source: str
    rules: tuple[Rule, ...]
    reasons: dict[str, str]
    better: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Template:
    """One beginning of a reply in one language; ``text`` has {organisation} and {contact}."""

    code: str
    tone: str
    language: str
    text: str
    version: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one kind of outlet takes a reply; ``path`` has {address} and {id}."""

    words: str
    method: str
    path: str
    field: str
    longest: int


@dataclass(frozen=True, slots=True)
class Publishing:
    """Leases, waits (seconds) and tries of publishing."""

    lease: int
    waits: tuple[int, ...]
    most_tries: int
    timeout: int
    most_answer: int


@dataclass(frozen=True, slots=True)
class Desk:
    """The house's own rules. ``due_days`` by tone; ``months``: how far figures reach back;
    ``chart_from``: fewest months for a chart."""

    version: str
    due_days: dict[str, int]
    positive_from: float
    negative_to: float
    months: int
    chart_from: int
    publishing: Publishing
    protocols: dict[str, Protocol]


@cache
def lint_rules() -> LintRules:
    """The rules in force."""
    page = _page("lint-2026-11.json")
    return LintRules(
        version=page["version"],
        source=page["source"],
        rules=compiled(page),
        reasons={kind["code"]: kind["reason"] for kind in page["kinds"]} | _OF_CONTACT,
        better={kind["code"]: kind["better"] for kind in page["kinds"]},
    )


_OF_CONTACT = {
    "contact": "It does not say where to go on in private. Details are never settled in public.",
    "length": "It is longer than the outlet takes.",
}


@cache
def templates() -> tuple[Template, ...]:
    """Every beginning in every language."""
    page = _page("templates-2026-11.json")
    return tuple(
        Template(each["code"], each["tone"], language, text, page["version"])
        for each in page["templates"]
        for language, text in each["texts"].items()
    )


@cache
def desk() -> Desk:
    """The rules of the desk in force."""
    page = _page("desk-2026-11.json")
    how = page["publishing"]
    return Desk(
        version=page["version"],
        due_days=page["due_days"],
        positive_from=page["tone"]["positive_from"],
        negative_to=page["tone"]["negative_to"],
        months=page["months"],
        chart_from=page["chart_from"],
        publishing=Publishing(
            how["lease_seconds"], tuple(how["waits_seconds"]), how["most_tries"],
            how["timeout_seconds"], how["most_answer_bytes"],
        ),
        protocols={
            code: Protocol(**{name: each[name] for name in Protocol.__slots__})
            for code, each in page["protocols"].items()
        },
    )  # fmt: skip


def _page(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
