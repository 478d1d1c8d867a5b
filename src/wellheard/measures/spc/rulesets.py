"""Named sets of special-cause rules, read from ``rulesets.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from wellheard.measures.errors import UnknownName

Kind = Literal["outside", "trend", "shift", "beyond", "within"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Which fields matter depends on `kind`.

    outside: beyond three sigma. trend and shift: `points` in a row. within: `points` in a row
    nearer than `sigma`. beyond: `need` of `of` points further than `sigma` on one side.
    """

    name: str
    kind: Kind
    says: str
    points: int = 0
    need: int = 0
    of: int = 0
    sigma: float = 0.0
    whole_window_one_side: bool = False
    counts_outside: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in the order of precedence, with where they come from."""

    name: str
    title: str
    source: str
    effective_from: str
    trial_below: int
    trend_side: Literal["mean", "trend"]
    rules: tuple[Rule, ...]


def rule_set(name: str) -> RuleSet:
    """Return the rule set called `name`; raise UnknownName with the names that exist."""
    known = rule_sets()
    if name not in known:
        raise UnknownName("rules", f"no rule set is called {name!r}; there are {sorted(known)}")
    return known[name]


@cache
def rule_sets() -> dict[str, RuleSet]:
    """Return every rule set by name."""
    page = json.loads(files(__package__).joinpath("rulesets.json").read_text("utf-8"))
    return {
        name: RuleSet(
            name=name, **{**entry, "rules": tuple(Rule(**rule) for rule in entry["rules"])}
        )
        for name, entry in page["rulesets"].items()
    }
