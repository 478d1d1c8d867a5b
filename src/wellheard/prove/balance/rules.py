"""Pure: the families a set must have, and whether one may be published."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

_FILE = Path(__file__).with_name("data") / "families-2026-11.json"
Direction = Literal["increase", "decrease", ""]
Verdict = Literal["common", "better", "worse", "neutral", "cannot_tell"]


class UnbalancedError(ValueError):
    """The set may not be published: ``empty`` families have no measure, ``strangers`` are none."""

    def __init__(self, empty: Sequence[str], strangers: Sequence[str]) -> None:
        super().__init__(
            f"empty: {', '.join(empty) or '-'}; unknown: {', '.join(strangers) or '-'}"
        )
        self.empty = tuple(empty)
        self.strangers = tuple(strangers)


@dataclass(frozen=True, slots=True)
class Family:
    """One side of care that no set may leave out."""

    code: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A measure that can stand for a family. ``direction`` "": a change is neither good nor bad."""

    code: str
    family: str
    title: str
    direction: Direction
    is_default: bool
    per: float = 1.0


@dataclass(frozen=True, slots=True)
class BalancePolicy:
    """Families and measures in force."""

    code: str
    version: str
    source: str
    months: int
    fewest_points: int
    families: Mapping[str, Family]
    measures: Mapping[str, Offered]
    cost_prefix: str

    @property
    def name(self) -> str:
        """Code and version, as printed beneath the page."""
        return f"{self.code} {self.version}"

    def offered(self, costs: Sequence[str]) -> Mapping[str, Offered]:
        """Every measure to choose from; ``costs``: the titles of imported figures."""
        figures = {
            f"{self.cost_prefix}{title}": Offered(
                f"{self.cost_prefix}{title}", "cost", title, "", is_default=True
            )
            for title in costs
        }
        return {**self.measures, **figures}


@cache
def balance_policy() -> BalancePolicy:
    """The policy in force."""
    page: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return BalancePolicy(
        code=page["code"],
        version=page["version"],
        source=page["source"],
        months=page["months"],
        fewest_points=page["fewest_points"],
        families={row["code"]: Family(**row) for row in page["families"]},
        measures={row["code"]: _offered(row) for row in page["measures"]},
        cost_prefix=page["cost_prefix"],
    )


def _offered(row: Mapping[str, Any]) -> Offered:
    return Offered(
        row["code"],
        row["family"],
        row.get("title", ""),
        row.get("direction", ""),
        row.get("default", False),
        row.get("per", 1.0),
    )


Chosen = Mapping[str, Sequence[str]]


def checked(chosen: Chosen, offered: Mapping[str, Offered], policy: BalancePolicy) -> Chosen:
    """The set as it may be published, in the order of the families.

    Raises UnbalancedError naming every family without a measure, and every code that is no measure
    of the family it is given for.
    """
    strangers = [
        code
        for family, codes in chosen.items()
        for code in codes
        if code not in offered or offered[code].family != family
    ]
    kept = {
        family: [code for code in dict.fromkeys(chosen.get(family, ())) if code not in strangers]
        for family in policy.families
    }
    empty = [family for family, codes in kept.items() if not codes]
    if empty or strangers:
        raise UnbalancedError(empty, strangers)
    return kept


def default_set(offered: Mapping[str, Offered], policy: BalancePolicy) -> Chosen:
    """What is proposed to begin with; a family may be empty in it."""
    return {
        family: [
            each.code for each in offered.values() if each.family == family and each.is_default
        ]
        for family in policy.families
    }


@dataclass(frozen=True, slots=True)
class Latest:
    """A measure as it stands: the newest period's value, n and interval, and how it moves.

    ``points``: how many periods the verdict rests on; ``reading``: why there is no value.
    """

    code: str
    title: str
    unit: str
    value: float | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    start: date | None = None
    stop: date | None = None
    verdict: Verdict = "cannot_tell"
    points: int = 0
    method: str = ""
    decimals: int = 0
    of_what: str = ""


def unfilled(set_: Chosen, latest: Mapping[str, Latest]) -> list[str]:
    """Families of which no measure has a value now: published, and yet nobody can see them."""
    return [
        family
        for family, codes in set_.items()
        if not any(latest[code].value is not None for code in codes if code in latest)
    ]
