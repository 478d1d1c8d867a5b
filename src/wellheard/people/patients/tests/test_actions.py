from datetime import date, datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.people.patients.actions import (
    add_contact,
    change_patient,
    end_confidential,
    make_confidential,
    note_place,
    recognise_patient,
    record_death,
)
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.patients.queries import contact_for, name_to_greet, open_contacts

pytestmark = pytest.mark.django_db


@pytest.fixture
def recognise(organisation: Any, actor: Any, at: datetime) -> Any:
    def call(**given: Any) -> Patient | None:
        return recognise_patient(organisation=organisation, by=actor, at=at, **given)

    return call


def test_patient_is_none_when_nothing_was_given(recognise: Any) -> None:
    assert recognise() is None
    assert recognise(name=" NULL ", email=" ") is None
    assert Patient.objects.count() == 0


def test_patient_is_the_same_by_the_same_contact(recognise: Any) -> None:
    first = recognise(name="Maria Gómez", email="maria@example.org", language="es")
    again = recognise(email="MARIA@example.org ")
    assert first == again
    assert again.language == "es"


def test_patient_with_a_name_only_is_always_new(recognise: Any) -> None:
    assert recognise(name="Maria Gómez") != recognise(name="Maria Gómez")


def test_patient_who_shares_a_telephone_is_another(recognise: Any) -> None:
    mother = recognise(name="Maria Gómez", phone="312 555 0123")
    son = recognise(name="Pedro Gómez", phone="312 555 0123")
    assert mother != son
    assert recognise(name="Pedro", phone="312-555-0123") == son
    # Without a name the number may mean either: nobody is taken for somebody else.
    assert recognise(phone="(312) 555-0123") not in (mother, son)


def test_patient_without_a_name_gets_it_later(recognise: Any) -> None:
    first = recognise(phone="312 555 0123")
    assert recognise(name="Maria", phone="312 555 0123") == first
    assert Patient.objects.get().name == "Maria"


def test_patient_of_another_organisation_is_not_recognised(
    recognise: Any, actor: Any, at: datetime
) -> None:
    from wellheard.base.audit.actor import Actor
    from wellheard.people.places.actions import add_organisation

    other = add_organisation(
        name="Other", slug="other", country="US", jurisdiction="us-hospital",
        zone="America/Denver", languages=["en"], at=at,
    )  # fmt: skip
    first = recognise(name="Maria", email="maria@example.org")
    second = recognise_patient(
        organisation=other,
        name="Maria",
        email="maria@example.org",
        by=Actor.system(other.pk, "test"),
        at=at,
    )
    assert second is not None
    assert first != second


@pytest.mark.capability("N03")
def test_patient_words_are_not_readable_in_the_database_or_the_trail(recognise: Any) -> None:
    from django.db import connection

    recognise(name="Canary Quill", email="canary@example.org", phone="312 555 0123")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM people_patient")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT value FROM people_contactpoint")
        stored += str(cursor.fetchall())
    trail = str(list(AuditRow.objects.values()))
    for word in ("Canary", "canary", "5550123", "555 0123"):
        assert word not in stored + trail


@pytest.mark.capability("N03")
def test_confidential_contact_is_the_only_one_used(
    recognise: Any, actor: Any, at: datetime
) -> None:
    patient = recognise(name="Maria", email="maria@example.org", phone="312 555 0123")
    safe = add_contact(patient=patient, kind="email", value="safe@example.org", by=actor, at=at)
    make_confidential(contact=safe, by=actor, at=at)
    assert contact_for(patient.pk, "sms") == safe
    assert contact_for(patient.pk, "email") == safe
    end_confidential(patient=patient, by=actor, at=at)
    found = contact_for(patient.pk, "sms")
    assert found is not None
    assert found.kind == "sms"


@pytest.mark.capability("E04")
def test_deceased_patient_has_no_contact_left(recognise: Any, actor: Any, at: datetime) -> None:
    patient = recognise(name="Maria", email="maria@example.org")
    record_death(patient=patient, died_on=date(2026, 3, 1), by=actor, at=at)
    assert contact_for(patient.pk) is None
    assert open_contacts(patient.pk) == []
    assert not Patient.objects.living().exists()


@pytest.mark.capability("E04")
def test_name_to_greet_is_never_a_stand_in(recognise: Any, actor: Any, at: datetime) -> None:
    patient = recognise(name="<NULL>", email="maria@example.org")
    assert name_to_greet(patient) == ""
    change_patient(patient=patient, by=actor, at=at, preferred_name="n/a")
    assert name_to_greet(patient) == ""
    change_patient(patient=patient, by=actor, at=at, preferred_name="Mari")
    assert name_to_greet(patient) == "Mari"


def test_change_of_an_unknown_field_is_refused(recognise: Any, actor: Any, at: datetime) -> None:
    patient = recognise(name="Maria")
    with pytest.raises(ValueError, match="deceased_on"):
        change_patient(patient=patient, by=actor, at=at, deceased_on="2026-01-01")


def test_change_that_changes_nothing_leaves_no_trace(
    recognise: Any, actor: Any, at: datetime
) -> None:
    patient = recognise(name="Maria")
    before = AuditRow.objects.count()
    change_patient(patient=patient, by=actor, at=at, name="Maria")
    assert AuditRow.objects.count() == before


@pytest.mark.capability("N01")
def test_patient_is_visible_to_the_staff_of_their_place_only(
    recognise: Any,
    staff: Any,
    place: Any,
    other_place: Any,
    person_of: Any,
    actor: Any,
    at: datetime,
) -> None:
    here = person_of(staff("nurse_manager", places=[place]))
    there = person_of(staff("nurse_manager", places=[other_place]))
    patient = recognise(name="Maria", place=place)
    assert list(Patient.objects.visible_to(here)) == [patient]
    assert list(Patient.objects.visible_to(there)) == []
    note_place(patient=patient, place=other_place, by=actor, at=at)
    assert list(Patient.objects.visible_to(there)) == [patient]


@pytest.mark.capability("N01")
@pytest.mark.parametrize("role", ["analyst", "executive", "auditor", "administrator"])
def test_patient_is_hidden_from_roles_that_need_none(
    role: str, recognise: Any, staff: Any, person_of: Any
) -> None:
    recognise(name="Maria")
    assert not Patient.objects.visible_to(person_of(staff(role))).exists()


@pytest.mark.capability("N01")
def test_own_record_is_hidden_from_staff_who_are_patients(
    recognise: Any, staff: Any, person_of: Any
) -> None:
    user = staff("grievance_officer")
    own = recognise(name="Somebody", email=user.email.upper())
    other = recognise(name="Maria", email="maria@example.org")
    assert list(Patient.objects.visible_to(person_of(user))) == [other]
    assert own in Patient.objects.visible_to(person_of(staff("grievance_officer")))


def test_contact_is_kept_once(recognise: Any, at: datetime) -> None:
    for _ in range(3):
        recognise(name="Maria", email="maria@example.org", phone="312 555 0123")
    assert ContactPoint.objects.count() == 2
    assert ContactPoint.objects.filter(added_at__lte=at + timedelta(days=1)).count() == 2
