"""What belongs to a patient follows the patient: own records, hidden ones, emergencies."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from wellheard.people.access.actions import make_ruling
from wellheard.people.access.models import GlassBreak
from wellheard.people.access.person import person_of as read
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.models import Patient, PatientPlace
from wellheard.people.patients.visibility import kept_from, opened_to

pytestmark = [pytest.mark.django_db, pytest.mark.capability("N01")]


@pytest.fixture
def rows(organisation: Any, place: Any, actor: Any, at: datetime, staff: Any) -> dict[str, Any]:
    """Places of two patients: rows of another kind that lead to a patient."""
    officer = staff("grievance_officer")
    for name, email in (("Own", officer.email), ("Maria", "maria@example.org")):
        recognise_patient(
            organisation=organisation, name=name, email=email, place=place, by=actor, at=at
        )
    return {"officer": officer, "maria": Patient.objects.exclude(staff_user=officer).get()}


def seen_by(user: Any, at: datetime) -> list[int]:
    shown = PatientPlace.objects.exclude(kept_from(read(user, now=at), "comment.read"))
    return sorted(shown.values_list("patient_id", flat=True))


def test_own_rows_are_kept_from_oneself_only(rows: Any, staff: Any, at: datetime) -> None:
    assert seen_by(rows["officer"], at) == [rows["maria"].pk]
    assert len(seen_by(staff("grievance_officer"), at)) == 2


def test_rows_of_a_hidden_patient_are_kept(rows: Any, staff: Any, actor: Any, at: datetime) -> None:
    user = staff("px_specialist")
    make_ruling(
        user=user, effect="deny", patient_id=rows["maria"].pk, reason="family", by=actor, at=at
    )
    assert rows["maria"].pk not in seen_by(user, at)


def test_rows_of_an_opened_record_are_found_while_it_is_open(
    rows: Any, staff: Any, other_place: Any, organisation: Any, at: datetime
) -> None:
    nurse = staff("nurse_manager", places=[other_place])
    GlassBreak.objects.create(
        organisation=organisation, user=nurse, patient_id=rows["maria"].pk, reason="danger",
        words="x y z", broken_at=at, ends_at=at + timedelta(minutes=30), review_due_at=at,
    )  # fmt: skip
    found = PatientPlace.objects.filter(opened_to(read(nurse, now=at)))
    assert [row.patient_id for row in found] == [rows["maria"].pk]
    later = read(nurse, now=at + timedelta(hours=1))
    assert not PatientPlace.objects.filter(opened_to(later)).exists()


@pytest.mark.parametrize("label", ["listen.Comment", "resolve.Case", "channels.Message"])
def test_rooms_above_keep_ones_own_record_from_one(label: str, rows: Any, at: datetime) -> None:
    person = read(rows["officer"], now=at)
    asked = str(apps.get_model(label).objects.visible_to(person).query)
    assert "staff_user_id" in asked
