"""The policy, pure: what a set of roles and rulings allows. A denial always beats a grant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ANY = "*"
Matrix = Mapping[str, Mapping[str, str]]  # permission -> role -> "organisation" | "scope"


@dataclass(frozen=True, slots=True)
class Role:
    """A role and the places it holds for; None is the whole organisation."""

    name: str
    place_ids: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A ruling on one person: effect "grant" or "deny"; None means "all of them"."""

    effect: str
    permission: str = ANY
    place_id: int | None = None
    case_id: int | None = None

    def covers(self, permission: str, place_id: int | None, case_id: int | None) -> bool:
        return (
            self.permission in (ANY, permission)
            and self.place_id in (None, place_id)
            and self.case_id in (None, case_id)
        )


def allowed(
    matrix: Matrix,
    roles: Iterable[Role],
    rulings: Iterable[Exceptional],
    permission: str,
    *,
    place_id: int | None = None,
    case_id: int | None = None,
) -> bool:
    """May somebody with these roles and rulings do this here?

    With neither place nor case the question is "anywhere at all?" (does the page exist for them).
    """
    rulings = list(rulings)
    if any(r.effect == "deny" and r.covers(permission, place_id, case_id) for r in rulings):
        return False
    if case_id is not None and any(
        r.effect == "grant" and r.case_id == case_id and r.permission in (ANY, permission)
        for r in rulings
    ):
        return True
    reach = places(matrix, roles, rulings, permission)
    if reach is None:
        return True
    return bool(reach) if place_id is None else place_id in reach


def places(
    matrix: Matrix, roles: Iterable[Role], rulings: Iterable[Exceptional], permission: str
) -> frozenset[int] | None:
    """The places where the roles give a permission; None is all of them.

    A denial without place or case takes everything; one with a place takes that place. (A
    whole-organisation role with a denied place is answered by ``denied_places``.)
    """
    granted = matrix.get(permission, {})
    if any(
        r.effect == "deny"
        and r.permission in (ANY, permission)
        and r.place_id is None
        and r.case_id is None
        for r in rulings
    ):
        return frozenset()
    reach: frozenset[int] = frozenset()
    for role in roles:
        scope = granted.get(role.name)
        if scope == "organisation" or (scope == "scope" and role.place_ids is None):
            return None
        if scope == "scope" and role.place_ids:
            reach |= role.place_ids
    return reach - denied_places(rulings, permission)


def denied_places(rulings: Iterable[Exceptional], permission: str) -> frozenset[int]:
    return frozenset(
        r.place_id
        for r in rulings
        if r.effect == "deny"
        and r.permission in (ANY, permission)
        and r.place_id is not None
        and r.case_id is None
    )
