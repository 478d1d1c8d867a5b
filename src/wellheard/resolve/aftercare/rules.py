"""Whether somebody is asked about the handling of their case, pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a closed case stands when its time to be asked has come."""

    closure_holds: bool
    withdrawn: bool
    died: bool
    reachable: bool
    has_place: bool
    told_already: bool
    asked_before: bool


def why_not(standing: Standing) -> str:
    """Why nobody is asked; "" when they are. What concerns the person comes first."""
    reasons = (
        ("died", standing.died),
        ("withdrawn", standing.withdrawn),
        ("reopened", not standing.closure_holds),
        ("asked_before", standing.asked_before),
        ("told_already", standing.told_already),
        ("unreachable", not standing.reachable),
        ("no_place", not standing.has_place),
    )
    return next((name for name, holds in reasons if holds), "")
