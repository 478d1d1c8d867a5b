"""What is sealed stays sealed by the short way of keeping a row, too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from wellheard.base.tables.single import insert_one
from wellheard.people.patients.models import Patient

pytestmark = pytest.mark.django_db


def test_a_sealed_column_lies_sealed(organisation: Any) -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    patient = Patient(organisation=organisation, name="Zoë Ana", known_since=at)
    insert_one(patient)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM people_patient WHERE id = %s", [patient.pk])
        assert "Ana" not in cursor.fetchone()[0]
    assert Patient.objects.get(pk=patient.pk).name == "Zoë Ana"
