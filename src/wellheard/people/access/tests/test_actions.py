from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditRow
from wellheard.base.audit.trail import record_read
from wellheard.people.access.actions import (
    GlassRefusedError,
    RoleRefusedError,
    break_glass,
    close_glass,
    decide_proposal,
    end_role,
    give_role,
    make_ruling,
    make_token,
    review_glass,
    revoke_token,
)
from wellheard.people.access.models import ApiToken, Membership, RoleProposal
from wellheard.people.access.queries import (
    glass_to_review,
    open_proposals,
    person_by_token,
    readers_of,
    refusals,
)

pytestmark = pytest.mark.django_db
WORDS = "Patient fell, nobody else here"


def acts(user: Any) -> Actor:
    return Actor("staff", str(user.pk), user.organisation_id)


# -- roles


def test_role_that_is_not_privileged_is_given_at_once(
    staff: Any, place: Any, person_of: Any, at: datetime
) -> None:
    admin, nurse = staff("administrator"), staff("front_desk")
    give_role(user=nurse, role="nurse_manager", place=place, by=acts(admin), at=at)
    give_role(user=nurse, role="nurse_manager", place=place, by=acts(admin), at=at)
    assert Membership.objects.filter(user=nurse, role="nurse_manager").count() == 1
    assert person_of(nurse).may("case.work", place_id=place.pk)


@pytest.mark.capability("N01")
def test_nobody_gives_or_ends_a_role_of_their_own(staff: Any, at: datetime) -> None:
    admin = staff("administrator")
    with pytest.raises(RoleRefusedError) as refused:
        give_role(user=admin, role="analyst", by=acts(admin), at=at)
    assert refused.value.reason == "own"
    with pytest.raises(RoleRefusedError):
        end_role(membership=admin.memberships.get(), by=acts(admin), at=at)


@pytest.mark.capability("N01")
def test_privileged_role_needs_a_second_person(staff: Any, person_of: Any, at: datetime) -> None:
    first, second, third = staff("administrator"), staff("administrator"), staff("analyst")
    made = give_role(user=third, role="auditor", by=acts(first), at=at)
    assert isinstance(made, RoleProposal)
    assert not person_of(third).may("audit.read")
    for meddler in (first, third):
        with pytest.raises(RoleRefusedError):
            decide_proposal(proposal=made, approved=True, by=acts(meddler), at=at)
    decide_proposal(proposal=made, approved=True, by=acts(second), at=at)
    assert person_of(third).may("audit.read")
    assert not open_proposals(third.organisation_id).exists()
    with pytest.raises(RoleRefusedError):
        decide_proposal(proposal=made, approved=False, by=acts(staff("administrator")), at=at)


def test_privileged_role_that_is_refused_is_not_given(
    staff: Any, person_of: Any, at: datetime
) -> None:
    first, second, third = staff("administrator"), staff("administrator"), staff("analyst")
    made = give_role(user=third, role="administrator", by=acts(first), at=at)
    assert isinstance(made, RoleProposal)
    decide_proposal(proposal=made, approved=False, by=acts(second), at=at)
    assert not person_of(third).may("staff.manage")


def test_role_at_a_place_of_another_organisation_is_refused(
    staff: Any, at: datetime, organisation: Any
) -> None:
    from wellheard.people.places.actions import add_organisation, ensure_place

    other = add_organisation(
        name="Other", slug="other", country="US", jurisdiction="us-hospital",
        zone="America/Denver", languages=["en"], at=at,
    )  # fmt: skip
    theirs = ensure_place(
        other, site_name="S", place_name="P", by=Actor.system(other.pk, "test"), at=at
    )
    admin, nurse = staff("administrator"), staff("front_desk")
    with pytest.raises(RoleRefusedError) as refused:
        give_role(user=nurse, role="nurse_manager", place=theirs, by=acts(admin), at=at)
    assert refused.value.reason == "elsewhere"


def test_ended_role_holds_no_longer(staff: Any, person_of: Any, at: datetime) -> None:
    admin, analyst = staff("administrator"), staff("analyst")
    end_role(membership=analyst.memberships.get(), by=acts(admin), at=at - timedelta(seconds=1))
    assert not person_of(analyst).may("measure.read")


def test_ruling_that_opens_everything_is_refused(staff: Any, actor: Any, at: datetime) -> None:
    with pytest.raises(ValueError, match="must name"):
        make_ruling(user=staff("analyst"), effect="grant", reason="x", by=actor, at=at)
    analyst = staff("analyst")
    with pytest.raises(ValueError, match="themselves"):
        make_ruling(user=analyst, effect="grant", case_id=1, reason="x", by=acts(analyst), at=at)


# -- tokens


@pytest.mark.capability("N05")
def test_token_is_shown_once_and_limited(staff: Any, person_of: Any, at: datetime) -> None:
    owner = person_of(staff("analyst"))
    token, secret = make_token(
        person=owner, name="nightly", permissions=["measure.read"], ends_at=at + timedelta(days=30), at=at
    )  # fmt: skip
    assert secret not in str(ApiToken.objects.values().get())
    found = person_by_token(secret, now=at)
    assert found is not None
    assert found.may("measure.read")
    assert not found.may("comment.read_masked")
    assert found.actor.kind == "api"
    assert person_by_token(secret + "x", now=at) is None
    assert person_by_token(secret, now=at + timedelta(days=30)) is None
    revoke_token(token=token, by=owner.actor, at=at)
    assert person_by_token(secret, now=at) is None


@pytest.mark.capability("N05")
def test_token_dies_with_its_owner_and_shrinks_with_their_rights(
    staff: Any, person_of: Any, at: datetime
) -> None:
    user = staff("analyst")
    _, secret = make_token(
        person=person_of(user), name="n", permissions=["measure.read"], ends_at=at + timedelta(days=1), at=at
    )  # fmt: skip
    Membership.objects.filter(user=user).update(ended_at=at)
    shrunk = person_by_token(secret, now=at)
    assert shrunk is not None
    assert not shrunk.may("measure.read")
    type(user).objects.update(is_active=False)
    assert person_by_token(secret, now=at) is None


@pytest.mark.parametrize(
    ("permissions", "days"),
    [
        ([], 1),
        (["case.read"], 1),
        (["staff.manage"], 1),
        (["measure.read"], 400),
        (["measure.read"], 0),
    ],
)
def test_token_wider_or_longer_than_allowed_is_refused(
    staff: Any, person_of: Any, at: datetime, permissions: list[str], days: int
) -> None:
    with pytest.raises(ValueError, match="token"):
        make_token(
            person=person_of(staff("analyst")),
            name="n",
            permissions=permissions,
            ends_at=at + timedelta(days=days),
            at=at,
        )


# -- broken glass


def test_glass_opens_for_half_an_hour_and_is_reviewed(
    staff: Any, place: Any, person_of: Any, at: datetime
) -> None:
    nurse, auditor = staff("nurse_manager", places=[place]), staff("auditor")
    broken = break_glass(
        person=person_of(nurse), patient_id=7, is_own=False, reason="danger", words=WORDS, at=at
    )
    assert broken.ends_at == at + timedelta(minutes=30)
    assert broken.review_due_at == at + timedelta(hours=72)
    assert list(glass_to_review(nurse.organisation_id)) == [broken]
    assert WORDS not in str(list(AuditRow.objects.values()))
    with pytest.raises(GlassRefusedError):
        review_glass(broken=broken, justified=True, note="", by=acts(nurse), at=at)
    review_glass(broken=broken, justified=False, note="Not needed", by=acts(auditor), at=at)
    assert not glass_to_review(nurse.organisation_id).exists()


def test_glass_closed_early_shows_nothing_more(staff: Any, place: Any, at: datetime) -> None:
    from wellheard.people.access.person import person_of as read

    nurse = staff("nurse_manager", places=[place])
    broken = break_glass(
        person=read(nurse, now=at), patient_id=7, is_own=False, reason="danger", words=WORDS, at=at
    )
    soon = at + timedelta(minutes=1)
    assert read(nurse, now=soon).opened_patients == {7}
    close_glass(broken=broken, by=acts(nurse), at=soon)
    assert read(nurse, now=soon).opened_patients == frozenset()


@pytest.mark.parametrize(
    ("role", "changes", "why"),
    [
        ("analyst", {}, "right"),
        ("administrator", {}, "right"),
        ("px_specialist", {"is_own": True}, "own"),
        ("px_specialist", {"reason": "curious"}, "reason"),
        ("px_specialist", {"words": "just because"}, "words"),
    ],
)
def test_glass_stays_whole_without_right_or_reason(
    staff: Any, person_of: Any, at: datetime, role: str, changes: dict[str, Any], why: str
) -> None:
    asked = {"patient_id": 7, "is_own": False, "reason": "danger", "words": WORDS} | changes
    with pytest.raises(GlassRefusedError) as refused:
        break_glass(person=person_of(staff(role)), at=at, **asked)
    assert refused.value.reason == why


def test_glass_does_not_open_a_patient_hidden_by_a_ruling(
    staff: Any, place: Any, person_of: Any, actor: Any, at: datetime
) -> None:
    nurse = staff("nurse_manager", places=[place])
    make_ruling(user=nurse, effect="deny", patient_id=7, reason="family", by=actor, at=at)
    with pytest.raises(GlassRefusedError) as refused:
        break_glass(
            person=person_of(nurse), patient_id=7, is_own=False, reason="danger", words=WORDS, at=at
        )
    assert refused.value.reason == "hidden"


# -- who looked


@pytest.mark.capability("N02")
def test_readers_are_exactly_the_rows_of_the_trail(
    staff: Any, organisation: Any, at: datetime
) -> None:
    ana, ben = staff("px_specialist"), staff("grievance_officer")
    for user, key in ((ana, "1"), (ben, "1"), (ana, "2"), (ana, "1")):
        record_read(acts(user), ("resolve.case", key), at=at)
    record_read(Actor("patient", "P-1", organisation.pk), ("resolve.case", "1"), at=at)
    found = readers_of(organisation.pk, "resolve.case", "1")
    rows = AuditRow.objects.filter(
        organisation_id=organisation.pk, object_kind="resolve.case", object_id="1", action="read"
    )
    assert [(r.sequence, r.actor_ref) for r in found] == list(
        rows.order_by("-sequence").values_list("sequence", "actor_ref")
    )
    assert [r.name for r in found] == ["", ana.name, ben.name, ana.name]
    assert found[1].role == "Patient-experience specialist"
    assert readers_of(organisation.pk + 1, "resolve.case", "1") == []


def test_refusals_are_those_of_the_organisation(
    signed_in: Any, staff: Any, organisation: Any, at: datetime
) -> None:
    client = signed_in(staff("analyst"))
    assert client.get("/staff/people/").status_code == 403
    rows = list(refusals(organisation.pk, at - timedelta(days=9999)))
    assert [row.details for row in rows] == [{"permission": "staff.manage"}]
    assert not refusals(organisation.pk + 1, at - timedelta(days=9999)).exists()
