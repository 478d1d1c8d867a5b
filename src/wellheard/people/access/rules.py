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
    """A ruling on one person: effect "grant" or "deny"; None means "all of them".

    A grant opens what it names and nothing wider: one that names neither place, case nor patient
    opens nothing.
    """

    effect: str
    permission: str = ANY
    place_id: int | None = None
    case_id: int | None = None
    patient_id: int | None = None

    def on(self, permission: str) -> bool:
        """Whether the ruling speaks of this permission."""
        return self.permission in (ANY, permission)

    def covers(
        self, permission: str, place_id: int | None, case_id: int | None, patient_id: int | None
    ) -> bool:
        """Whether everything the ruling names is what is asked about."""
        return (
            self.on(permission)
            and self.place_id in (None, place_id)
            and self.case_id in (None, case_id)
            and self.patient_id in (None, patient_id)
        )

    @property
    def of_one_record(self) -> bool:
        """Whether it is about one case or one patient."""
        return self.case_id is not None or self.patient_id is not None


def allowed(
    matrix: Matrix,
    roles: Iterable[Role],
    rulings: Iterable[Exceptional],
    permission: str,
    *,
    place_id: int | None = None,
    case_id: int | None = None,
    patient_id: int | None = None,
) -> bool:
    """May somebody with these roles and rulings do this here?

    With neither place, case nor patient the question is "anywhere at all?" (does the page exist
    for them). A case or patient asked about without its place is only allowed by a ruling on it or
    by a role that holds everywhere.
    """
    rulings = list(rulings)
    asked = (permission, place_id, case_id, patient_id)
    if any(r.effect == "deny" and r.covers(*asked) for r in rulings):
        return False
    if any(r.effect == "grant" and r.of_one_record and r.covers(*asked) for r in rulings):
        return True
    reach = places(matrix, roles, rulings, permission)
    if reach is None or place_id is not None:
        return reach is None or place_id in reach
    anywhere = case_id is None and patient_id is None
    return anywhere and (bool(reach) or _some_record(rulings, permission))


def _some_record(rulings: Iterable[Exceptional], permission: str) -> bool:
    return any(r.effect == "grant" and r.of_one_record and r.on(permission) for r in rulings)


def places(
    matrix: Matrix, roles: Iterable[Role], rulings: Iterable[Exceptional], permission: str
) -> frozenset[int] | None:
    """The places where roles and rulings give a permission; None is all of them.

    A denial without place, case or patient takes everything; one with a place takes that place.
    (A whole-organisation role with a denied place is answered by ``denied_places``.)
    """
    rulings = list(rulings)
    if any(r.effect == "deny" and r.covers(permission, None, None, None) for r in rulings):
        return frozenset()
    granted = matrix.get(permission, {})
    reach = frozenset(
        r.place_id
        for r in rulings
        if r.effect == "grant" and r.on(permission) and r.place_id and not r.of_one_record
    )
    for role in roles:
        scope = granted.get(role.name)
        if scope == "organisation" or (scope == "scope" and role.place_ids is None):
            return None
        if scope == "scope" and role.place_ids:
            reach |= role.place_ids
    return reach - denied_places(rulings, permission)


def denied_places(rulings: Iterable[Exceptional], permission: str) -> frozenset[int]:
    """The places a ruling takes the permission away from."""
    return frozenset(
        r.place_id
        for r in rulings
        if r.effect == "deny"
        and r.on(permission)
        and r.place_id is not None
        and not r.of_one_record
    )


def denied_patients(rulings: Iterable[Exceptional], permission: str) -> frozenset[int]:
    """The patients a ruling hides, whatever the role."""
    return frozenset(
        r.patient_id
        for r in rulings
        if r.effect == "deny" and r.on(permission) and r.patient_id is not None
    )
