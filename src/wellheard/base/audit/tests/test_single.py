"""A row kept by the written-out statement is the row that Django would keep."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from wellheard.base.audit.models import AuditRow
from wellheard.base.tables.single import insert_one

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, 20, 30, 5, 678, tzinfo=UTC)


def _row(sequence: int = 1) -> AuditRow:
    return AuditRow(
        organisation_id=7,
        sequence=sequence,
        at=AT,
        actor_kind="staff",
        actor_ref="5",
        action="read",
        object_kind="listen.comment",
        object_id="9",
        details={"words": 3, "name": "Zoë", "share": str(Decimal("0.5"))},
        hash="0" * 64,
    )


def _values(row: AuditRow) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_what_was_kept_reads_back_as_what_django_keeps():
    ours, theirs = _row(1), _row(2)
    insert_one(ours)
    theirs.save()
    kept = _values(AuditRow.objects.get(pk=ours.pk))
    djangos = _values(AuditRow.objects.get(pk=theirs.pk))
    apart = ("id", "sequence")
    assert {k: v for k, v in kept.items() if k not in apart} == {
        k: v for k, v in djangos.items() if k not in apart
    }
    assert kept["at"] == AT and kept["details"] == ours.details


def test_a_row_that_was_kept_can_be_changed_and_saved_again():
    row = _row()
    insert_one(row)
    row.action = "told"
    row.save()
    assert AuditRow.objects.get().action == "told"


def test_what_the_database_forbids_is_an_integrity_error():
    insert_one(_row())
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_one(_row())
