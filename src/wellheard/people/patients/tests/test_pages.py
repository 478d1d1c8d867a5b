"""The staff's pages about patients: who sees whom, what is written down, emergencies."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.people.access.actions import make_ruling
from wellheard.people.access.models import GlassBreak, Ruling
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import contact_for

pytestmark = [pytest.mark.django_db, pytest.mark.capability("N01")]


@pytest.fixture
def maria(organisation: Any, place: Any, actor: Any, at: datetime) -> Any:
    return recognise_patient(
        organisation=organisation,
        name="Maria Gómez",
        email="maria@example.org",
        phone="312 555 0123",
        place=place,
        by=actor,
        at=at,
    )


@pytest.fixture
def page_of(maria: Any) -> str:
    return f"/staff/patients/{maria.pk}/"


def rows(action: str, patient: Any) -> Any:
    return AuditRow.objects.filter(
        action=action, object_kind="people.patient", object_id=str(patient.pk)
    )


@pytest.mark.parametrize("typed", ["maria@EXAMPLE.org", "(312) 555-0123", "reference"])
def test_search_finds_by_contact_or_reference(
    signed_in: Any, staff: Any, maria: Any, typed: str
) -> None:
    client = signed_in(staff("px_specialist"))
    page = client.post(
        "/staff/patients/", {"sought": maria.reference.lower() if typed == "reference" else typed}
    )
    assert "Maria Gómez" in page.content.decode()
    row = AuditRow.objects.get(object_kind="patient_search")
    assert row.details == {"count": 1}
    assert "maria" not in str(row.object_id)


def test_reference_is_found_although_its_letters_are_a_number_too(
    signed_in: Any, staff: Any, maria: Any
) -> None:
    # 326QGH6 is 326-7446 on the keys of a telephone.
    Patient.objects.filter(pk=maria.pk).update(reference="P-326QGH6")
    client = signed_in(staff("px_specialist"))
    page = client.post("/staff/patients/", {"sought": "P-326QGH6"}).content.decode()
    assert "Maria Gómez" in page


def test_search_does_not_show_patients_of_other_places(
    signed_in: Any, staff: Any, maria: Any, other_place: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    page = client.post("/staff/patients/", {"sought": "maria@example.org"}).content.decode()
    assert "Maria" not in page
    assert "Nobody you may see" in page


def test_look_at_a_patient_is_written_down_once(
    signed_in: Any, staff: Any, maria: Any, page_of: str
) -> None:
    user = staff("px_specialist")
    page = signed_in(user).get(page_of).content.decode()
    assert "Maria Gómez" in page
    assert "maria@example.org" in page
    assert list(rows("read", maria).values_list("actor_ref", flat=True)) == [str(user.pk)]


def test_contact_is_masked_for_those_who_do_not_manage(
    signed_in: Any, staff: Any, place: Any, page_of: str
) -> None:
    page = signed_in(staff("nurse_manager", places=[place])).get(page_of).content.decode()
    assert "m•••@e•••.org" in page
    assert "maria@example.org" not in page
    assert "5550123" not in page
    assert "/preferences/" not in page


def test_curious_colleague_is_refused_and_it_is_written_down(
    signed_in: Any, staff: Any, maria: Any, other_place: Any, page_of: str, organisation: Any
) -> None:
    from wellheard.people.access.queries import refusals

    client = signed_in(staff("nurse_manager", places=[other_place]))
    answer = client.get(page_of)
    assert answer.status_code == 403
    assert "Maria" not in answer.content.decode()
    assert rows("denied", maria).count() == 1
    assert not rows("read", maria).exists()
    assert (
        refusals(organisation.pk, datetime.fromisoformat("2020-01-01T00:00:00+00:00")).count() == 1
    )


def test_own_record_is_refused(
    signed_in: Any, staff: Any, organisation: Any, actor: Any, at: datetime
) -> None:
    user = staff("grievance_officer")
    own = recognise_patient(organisation=organisation, name="Me", email=user.email, by=actor, at=at)
    assert own is not None
    client = signed_in(user)
    assert client.get(f"/staff/patients/{own.pk}/").status_code == 403
    answer = client.post(
        "/staff/patients/emergency/",
        {"reference": own.reference, "reason": "danger", "words": "I want to know"},
    )
    assert answer.status_code == 403
    assert not GlassBreak.objects.exists()


def test_record_hidden_from_one_colleague_is_refused_to_them(
    signed_in: Any, staff: Any, maria: Any, page_of: str, actor: Any, at: datetime
) -> None:
    user = staff("grievance_officer")
    make_ruling(user=user, effect="deny", patient_id=maria.pk, reason="family", by=actor, at=at)
    assert signed_in(user).get(page_of).status_code == 403


def test_patient_of_another_organisation_is_not_there(
    signed_in: Any, staff: Any, at: datetime
) -> None:
    from wellheard.base.audit.actor import Actor
    from wellheard.people.places.actions import add_organisation

    other = add_organisation(
        name="Other", slug="other", country="US", jurisdiction="us-hospital",
        zone="America/Denver", languages=["en"], at=at,
    )  # fmt: skip
    theirs = recognise_patient(
        organisation=other,
        name="Pia",
        email="pia@example.org",
        by=Actor.system(other.pk, "t"),
        at=at,
    )
    assert theirs is not None
    client = signed_in(staff("grievance_officer"))
    assert client.get(f"/staff/patients/{theirs.pk}/").status_code == 404
    assert client.get(f"/staff/patients/{theirs.pk}/change/").status_code == 404
    page = client.post("/staff/patients/", {"sought": "pia@example.org"}).content.decode()
    assert "Pia" not in page
    page = client.post(
        "/staff/patients/emergency/",
        {"reference": theirs.reference, "reason": "danger", "words": "she is falling down"},
    )
    assert "No patient has this" in page.content.decode()


# -- emergencies


def broken(client: Any, known: str, **changes: str) -> Any:
    fields = {"reference": known, "reason": "danger", "words": "She fell on my ward"}
    return client.post("/staff/patients/emergency/", fields | changes)


def test_glass_opens_one_record_for_reading_only(
    signed_in: Any, staff: Any, maria: Any, other_place: Any, page_of: str
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    assert client.get(page_of).status_code == 403
    answer = broken(client, maria.reference)
    assert answer.headers["Location"] == page_of
    page = client.get(page_of).content.decode()
    assert "Opened in an emergency" in page
    assert rows("read", maria).get().details == {"glass": GlassBreak.objects.get().pk}
    client.post(f"/staff/patients/emergency/{GlassBreak.objects.get().pk}/close/")
    assert client.get(page_of).status_code == 403


def test_glass_is_for_reading_even_where_one_may_change(
    signed_in: Any, staff: Any, maria: Any, other_place: Any
) -> None:
    from wellheard.people.access.models import Membership

    user = staff("front_desk", places=[other_place])
    Membership.objects.create(
        organisation=user.organisation, user=user, role="nurse_manager", place=other_place
    )
    client = signed_in(user)
    broken(client, maria.reference)
    assert client.get(f"/staff/patients/{maria.pk}/").status_code == 200
    assert client.post(f"/staff/patients/{maria.pk}/change/", {"name": "X"}).status_code == 403
    assert Patient.objects.get().name == "Maria Gómez"


def test_glass_closes_by_itself(
    signed_in: Any, staff: Any, maria: Any, other_place: Any, page_of: str
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    broken(client, maria.reference)
    glass = GlassBreak.objects.get()
    GlassBreak.objects.update(
        broken_at=glass.broken_at - timedelta(minutes=31),
        ends_at=glass.ends_at - timedelta(minutes=31),
    )
    assert client.get(page_of).status_code == 403


@pytest.mark.parametrize("changes", [{"reason": ""}, {"words": "why"}, {"reference": "P-NOBODY"}])
def test_glass_stays_whole_without_a_reason(
    signed_in: Any, staff: Any, maria: Any, other_place: Any, changes: dict[str, str]
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    page = broken(client, maria.reference, **changes)
    assert "There is a problem" in page.content.decode()
    assert not GlassBreak.objects.exists()


def test_glass_is_reviewed_by_the_auditor_who_sees_what_was_done(
    client: Any, staff: Any, maria: Any, other_place: Any, page_of: str
) -> None:
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(staff("nurse_manager", places=[other_place]), backend=backend)
    broken(client, maria.reference)
    client.get(page_of)
    client.force_login(staff("auditor"), backend=backend)
    home = client.get("/staff/audit/").content.decode()
    assert "waiting for your review" in home
    glass = GlassBreak.objects.get()
    page = client.get(f"/staff/audit/glass/{glass.pk}/").content.decode()
    assert "She fell on my ward" in page
    assert f"people.patient {maria.pk}" in page
    client.post(f"/staff/audit/glass/{glass.pk}/", {"justified": "yes", "note": "Right."})
    assert "waiting for your review" not in client.get("/staff/audit/").content.decode()
    assert "Justified" in client.get("/staff/audit/glass/").content.decode()


# -- changing


def test_patient_is_changed_by_those_who_manage(
    signed_in: Any, staff: Any, maria: Any, page_of: str
) -> None:
    client = signed_in(staff("px_specialist"))
    client.post(
        f"{page_of}change/",
        {
            "name": "Maria Gómez",
            "preferred_name": "Mari",
            "pronouns": "",
            "language": "es",
            "staff_user": "1",
            "reference": "P-1",
        },
    )
    found = Patient.objects.get()
    assert (found.preferred_name, found.language) == ("Mari", "es")
    assert (found.staff_user_id, found.reference) == (None, maria.reference)


def test_contact_is_added_stopped_and_made_confidential(
    signed_in: Any, staff: Any, maria: Any, page_of: str
) -> None:
    client = signed_in(staff("px_specialist"))
    client.post(f"{page_of}contacts/", {"value": "safe@example.org"})
    safe = maria.contacts.order_by("pk").last()
    client.post(f"{page_of}contacts/{safe.pk}/confidential/")
    assert contact_for(maria.pk, "sms") == safe
    client.post(f"{page_of}contacts/{safe.pk}/stop/")
    found = contact_for(maria.pk, "sms")
    assert found is not None
    assert found.kind == "sms"
    client.post(f"{page_of}contacts/", {"value": "not a contact"})
    assert maria.contacts.count() == 3


def test_contact_of_another_patient_is_not_reached_through_this_one(
    signed_in: Any,
    staff: Any,
    maria: Any,
    page_of: str,
    organisation: Any,
    actor: Any,
    at: datetime,
) -> None:
    other = recognise_patient(
        organisation=organisation, name="Pia", email="pia@example.org", by=actor, at=at
    )
    assert other is not None
    theirs = other.contacts.get()
    client = signed_in(staff("px_specialist"))
    for act in ("stop", "confidential"):
        assert client.post(f"{page_of}contacts/{theirs.pk}/{act}/").status_code == 404
    theirs.refresh_from_db()
    assert (theirs.stopped_at, theirs.confidential) == (None, False)


@pytest.mark.capability("E04")
def test_death_is_recorded_and_corrected(
    signed_in: Any, staff: Any, maria: Any, page_of: str
) -> None:
    client = signed_in(staff("px_specialist"))
    client.post(f"{page_of}death/", {"died_on": "2999-01-01"})
    assert contact_for(maria.pk) is not None
    client.post(f"{page_of}death/", {"died_on": "2026-01-01"})
    assert contact_for(maria.pk) is None
    assert "has died" in client.get(page_of).content.decode()
    client.post(f"{page_of}death/correction/")
    assert contact_for(maria.pk) is not None


def test_payload_in_every_field_shows_as_text(
    signed_in: Any, staff: Any, maria: Any, page_of: str
) -> None:
    client = signed_in(staff("px_specialist"))
    payload = "<img src=x onerror=alert(1)>"
    client.post(
        f"{page_of}change/",
        {"name": payload, "preferred_name": payload, "pronouns": payload, "language": "en"},
    )
    page = client.get(page_of).content.decode()
    assert payload not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_record_is_kept_from_a_colleague_and_shown_again(
    client: Any, staff: Any, maria: Any, page_of: str
) -> None:
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    officer, other = staff("grievance_officer"), staff("px_specialist")
    client.force_login(other, backend=backend)
    client.post(f"{page_of}hidden/", {"colleague": str(officer.pk), "reason": ""})
    client.post(f"{page_of}hidden/", {"colleague": str(other.pk), "reason": "me"})
    assert not Ruling.objects.exists()
    client.post(f"{page_of}hidden/", {"colleague": str(officer.pk), "reason": "Her brother"})
    assert "Her brother" in client.get(page_of).content.decode()
    client.force_login(officer, backend=backend)
    assert client.get(page_of).status_code == 403
    client.force_login(other, backend=backend)
    client.post(f"{page_of}hidden/{Ruling.objects.get().pk}/end/")
    client.force_login(officer, backend=backend)
    assert client.get(page_of).status_code == 200
