"""Who owns a case: roles in the order of the routing rules, then the one with the fewest cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wellheard.resolve.complaints.rules.conditions import Condition, holds


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Which roles own such a case, best first."""

    code: str
    when: Condition
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routing:
    """The routing rules in force."""

    rules: tuple[RoutingRule, ...]
    last_resort: tuple[str, ...]
    reason_subjects: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of staff who could own the case, with how near they are and what they carry.

    `distance` is 0 for the case's own place, 1 for its site, 2 for the whole house.
    """

    user_id: int
    role: str
    distance: int
    open_cases: int


def read_routing(data: Mapping[str, Any]) -> Routing:
    """Return the routing rules in `data`."""
    return Routing(
        rules=tuple(
            RoutingRule(row["code"], row["when"], tuple(row["roles"])) for row in data["rules"]
        ),
        last_resort=tuple(data["last_resort"]),
        reason_subjects=data["reason_subjects"],
    )


def choose_owner(
    candidates: Iterable[Candidate],
    facts: Mapping[str, Any],
    routing: Routing,
    *,
    barred: Collection[int] = (),
) -> tuple[int, str] | None:
    """Return (user, rule code), or None when nobody is left.

    `barred` are those who are away or named in the case: they never get it, whatever their role.
    """
    free = [one for one in candidates if one.user_id not in barred]
    for rule in routing.rules:
        if holds(rule.when, facts):
            chosen = _best(free, rule.roles)
            if chosen is not None:
                return chosen.user_id, rule.code
    chosen = _best(free, routing.last_resort)
    return (chosen.user_id, "last_resort") if chosen else None


def _best(candidates: Sequence[Candidate], roles: Sequence[str]) -> Candidate | None:
    for role in roles:
        able = [one for one in candidates if one.role == role]
        if able:
            return min(able, key=lambda one: (one.distance, one.open_cases, one.user_id))
    return None
