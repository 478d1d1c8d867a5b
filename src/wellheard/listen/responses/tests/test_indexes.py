"""Indexes stand aside while very many answers go into an empty table, and come back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from wellheard.base.tables.bulk import roomy
from wellheard.listen.responses.models import Response

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 1, 10, 18, tzinfo=UTC)


def keep_three(place: Any) -> None:
    Response.objects.bulk_create(
        Response(
            organisation_id=place.organisation_id, place=place, instrument="pulse", version=1,
            received_at=MOMENT, recorded_at=MOMENT, mode="web",
        )
        for _ in range(3)
    )  # fmt: skip


def indexes() -> dict[str, str]:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its indexes in place")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s",
            [Response._meta.db_table],
        )
        return dict(cursor.fetchall())


@pytest.mark.capability("B22")
def test_indexes_of_an_empty_table_are_made_after_the_rows_and_are_the_same(place: Any) -> None:
    before = indexes()
    with transaction.atomic(), roomy(Response, rows=1_000_000):
        during = indexes()
        keep_three(place)
    assert indexes() == before
    assert "response_by_time" in before and "response_by_time" not in during
    assert len(during) >= 1  # what must be unique is watched all the time
    found = Response.objects.filter(place=place, received_at__year=2026)
    assert "response_by_place" in found.explain() and found.count() == 3


def test_indexes_stay_where_rows_are_or_few_come(place: Any) -> None:
    before = indexes()
    with transaction.atomic(), roomy(Response, rows=100):
        assert indexes() == before
    keep_three(place)
    with transaction.atomic(), roomy(Response, rows=1_000_000):
        assert indexes() == before


def test_fault_on_the_way_leaves_every_index_in_place(place: Any) -> None:
    before = indexes()
    with (
        pytest.raises(ValueError, match="stop"),
        transaction.atomic(),
        roomy(Response, rows=1_000_000),
    ):
        assert indexes() != before
        raise ValueError("stop")
    assert indexes() == before
