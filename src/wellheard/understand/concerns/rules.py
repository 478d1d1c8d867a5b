"""Pure: what makes a comment a concern, and how soon it needs a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class ConcernRulesError(ValueError):
    """A rule that cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of a comment that may matter. `sentiment`: 1 very positive .. 5 very negative.

    `rating_share`: the mark as a share of the highest one, 0 to 1; None when none was given.
    """

    safety: tuple[str, ...] = ()
    sentiment: int | None = None
    confidence: float = 0.0
    wants_reply: bool = False
    source: str = ""
    rating_share: float | None = None
    themes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ConcernRule:
    """One rule: when all its conditions hold, the comment belongs to its tier at least."""

    id: str
    tier: str
    says: str
    when: Mapping[str, Any]

    def holds(self, signals: Signals) -> bool:
        return all(_CONDITIONS[name](signals, wanted) for name, wanted in self.when.items())


@dataclass(frozen=True, slots=True)
class ConcernRules:
    """A versioned set of rules; `tiers` from the most to the least urgent."""

    code: str
    version: str
    tiers: tuple[str, ...]
    rules: tuple[ConcernRule, ...]

    @property
    def name(self) -> str:
        return f"{self.code} {self.version}"

    def says(self, rule_id: str) -> str:
        """The rule's sentence; the id itself for a rule of an older version."""
        return next((rule.says for rule in self.rules if rule.id == rule_id), rule_id)


@dataclass(frozen=True, slots=True)
class Weighing:
    """The tier that was reached and the rules that led there; no tier: no concern."""

    tier: str | None
    rules: tuple[str, ...] = field(default=())


def weigh(signals: Signals, rules: ConcernRules) -> Weighing:
    """Apply every rule; the most urgent tier among those that hold is the comment's."""
    held = [rule for rule in rules.rules if rule.holds(signals)]
    if not held:
        return Weighing(None)
    tier = min((rule.tier for rule in held), key=rules.tiers.index)
    return Weighing(tier, tuple(rule.id for rule in held))


def read_rules(page: Mapping[str, Any]) -> ConcernRules:
    """The rules of a definition file. Raises ConcernRulesError."""
    tiers = tuple(page["tiers"])
    rules = tuple(ConcernRule(r["id"], r["tier"], r["says"], r["when"]) for r in page["rules"])
    for rule in rules:
        unknown = set(rule.when) - set(_CONDITIONS)
        if unknown or not rule.when or rule.tier not in tiers:
            raise ConcernRulesError(f"{rule.id}: {sorted(unknown) or 'no condition or tier'}")
    return ConcernRules(page["code"], page["version"], tiers, rules)


def _rating_at_most(signals: Signals, most: float) -> bool:
    return signals.rating_share is not None and signals.rating_share <= most


def _sentiment_at_least(signals: Signals, least: int) -> bool:
    return signals.sentiment is not None and signals.sentiment >= least


_CONDITIONS: Mapping[str, Callable[[Signals, Any], bool]] = {
    "safety": lambda signals, groups: bool(set(signals.safety) & set(groups)),
    "any_safety": lambda signals, wanted: bool(signals.safety) == wanted,
    "sentiment_at_least": _sentiment_at_least,
    "confidence_at_least": lambda signals, least: signals.confidence >= least,
    "wants_reply": lambda signals, wanted: signals.wants_reply == wanted,
    "sources": lambda signals, sources: signals.source in sources,
    "rating_share_at_most": _rating_at_most,
    "themes": lambda signals, themes: bool(signals.themes & set(themes)),
}
