"""The pure policy, by cases and by properties."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.people.access import rules
from wellheard.people.access.person import Person, matrix
from wellheard.people.access.rules import Exceptional, Role
from wellheard.people.access.vocabulary import role_definitions, token_permissions

MATRIX = matrix()
PERMISSIONS = sorted(MATRIX)
ids = st.integers(1, 4)
maybe = st.none() | ids
roles = st.lists(
    st.builds(
        Role,
        name=st.sampled_from(sorted(role_definitions())),
        place_ids=st.none() | st.frozensets(ids, max_size=3),
    ),
    max_size=3,
)
rulings = st.lists(
    st.builds(
        Exceptional,
        effect=st.sampled_from(["grant", "deny"]),
        permission=st.sampled_from(["*", "case.read", "patient.read"]),
        place_id=maybe,
        case_id=maybe,
        patient_id=maybe,
    ),
    max_size=4,
)
asked = st.fixed_dictionaries({"place_id": maybe, "case_id": maybe, "patient_id": maybe})
permission = st.sampled_from(PERMISSIONS)


@pytest.mark.capability("N01")
@given(roles, rulings, permission, asked)
def test_denial_always_beats_whatever_grants(
    held: list[Role], made: list[Exceptional], right: str, where: dict[str, int | None]
) -> None:
    denial = Exceptional("deny", right, **where)
    everything = [
        *held,
        *(Role(name, None) for name in role_definitions()),
    ]
    grants = [*made, Exceptional("grant", right, **where), denial]
    for order in (grants, grants[::-1]):
        assert not rules.allowed(MATRIX, everything, order, right, **where)


@pytest.mark.capability("N01")
@given(roles, rulings, permission, asked, rulings)
def test_further_denials_never_open_anything(
    held: list[Role],
    made: list[Exceptional],
    right: str,
    where: dict[str, int | None],
    more: list[Exceptional],
) -> None:
    denials = [one for one in more if one.effect == "deny"]
    if rules.allowed(MATRIX, held, made + denials, right, **where):
        assert rules.allowed(MATRIX, held, made, right, **where)


@given(permission, asked)
def test_nobody_without_roles_and_rulings_may_anything(
    right: str, where: dict[str, int | None]
) -> None:
    assert not rules.allowed(MATRIX, [], [], right, **where)
    assert rules.places(MATRIX, [], [], right) == frozenset()


@given(roles, rulings, permission, ids)
def test_places_and_allowed_say_the_same(
    held: list[Role], made: list[Exceptional], right: str, place: int
) -> None:
    reach = rules.places(MATRIX, held, made, right)
    denied = rules.denied_places(made, right)
    inside = place not in denied and (reach is None or place in reach)
    assert rules.allowed(MATRIX, held, made, right, place_id=place) is inside


@given(roles, permission, ids)
def test_scoped_role_reaches_its_places_only(held: list[Role], right: str, place: int) -> None:
    scoped = [r for r in held if r.place_ids is not None and place not in r.place_ids]
    everywhere = any(MATRIX[right].get(r.name) == "organisation" for r in scoped)
    assert rules.allowed(MATRIX, scoped, [], right, place_id=place) is everywhere


def test_case_without_its_place_is_not_opened_by_a_role_elsewhere() -> None:
    manager = [Role("nurse_manager", frozenset({1}))]
    assert rules.allowed(MATRIX, manager, [], "case.read")
    assert not rules.allowed(MATRIX, manager, [], "case.read", case_id=9)
    assert rules.allowed(MATRIX, manager, [], "case.read", case_id=9, place_id=1)
    grant = [Exceptional("grant", "case.read", case_id=9)]
    assert rules.allowed(MATRIX, [], grant, "case.read", case_id=9)
    assert not rules.allowed(MATRIX, [], grant, "case.work", case_id=9)
    assert not rules.allowed(MATRIX, [], grant, "case.read", case_id=8)


def test_grant_that_names_nothing_opens_nothing() -> None:
    assert not rules.allowed(MATRIX, [], [Exceptional("grant")], "case.read")
    assert not rules.allowed(MATRIX, [], [Exceptional("grant")], "case.read", case_id=1)


def test_patient_level_denial_hides_one_patient_from_a_whole_role() -> None:
    officer = [Role("grievance_officer", None)]
    hidden = [Exceptional("deny", "*", patient_id=3)]
    assert not rules.allowed(MATRIX, officer, hidden, "patient.read", patient_id=3)
    assert rules.allowed(MATRIX, officer, hidden, "patient.read", patient_id=4)
    assert rules.denied_patients(hidden, "patient.read") == {3}


@pytest.mark.capability("N01")
@pytest.mark.parametrize("right", PERMISSIONS)
def test_administrator_reads_no_patient_content_and_auditor_changes_nothing(right: str) -> None:
    content = {"comment.read", "comment.read_masked", "case.read", "patient.read", "message.read"}
    if right in content:
        assert "administrator" not in MATRIX[right]
    kind = right.partition(".")[2]
    if kind not in {"read", "review"}:
        assert "auditor" not in MATRIX[right], right


def test_matrix_names_known_roles_and_scopes_only() -> None:
    for granted in MATRIX.values():
        assert set(granted) <= set(role_definitions())
        assert set(granted.values()) <= {"organisation", "scope"}
    assert set(token_permissions()) <= set(MATRIX)


def test_person_limited_by_a_token_may_no_more_than_it_says() -> None:
    person = Person(
        1, 1, "Ana", (Role("px_specialist", None),), limited_to=frozenset({"place.read"})
    )
    assert person.may("place.read")
    assert not person.may("comment.read")
    assert person.places("comment.read") == frozenset()
    assert person.places("place.read") is None


@pytest.mark.django_db
def test_person_of_reads_roles_rulings_and_glass_of_the_moment(
    staff: Any, place: Any, organisation: Any, at: datetime
) -> None:
    from wellheard.people.access.models import GlassBreak, Membership, Ruling
    from wellheard.people.access.person import person_of

    user = staff("nurse_manager", places=[place])
    Membership.objects.create(
        organisation=organisation, user=user, role="analyst", ended_at=at - timedelta(days=1)
    )
    common = {
        "organisation": organisation,
        "user": user,
        "reason": "x",
        "made_by": "t",
        "made_at": at,
    }
    Ruling.objects.create(effect="deny", case_id=5, **common)
    Ruling.objects.create(effect="grant", case_id=6, ends_at=at, **common)
    GlassBreak.objects.create(
        organisation=organisation, user=user, patient_id=7, reason="danger", words="x y z",
        broken_at=at, ends_at=at + timedelta(minutes=30), review_due_at=at + timedelta(hours=72),
    )  # fmt: skip
    person = person_of(user, now=at)
    assert [role.name for role in person.roles] == ["nurse_manager"]
    assert [ruling.case_id for ruling in person.rulings] == [5]
    assert person.opened_patients == {7}
    assert person_of(user, now=at + timedelta(minutes=30)).opened_patients == frozenset()
