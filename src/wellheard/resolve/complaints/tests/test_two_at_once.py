"""Two people close one case at the same moment: exactly one does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from wellheard.base.audit.actor import Actor
from wellheard.resolve.complaints.actions.changing import CaseClosedError, StaleCaseError
from wellheard.resolve.complaints.actions.closing import close_case
from wellheard.resolve.complaints.models import Case, Closure
from wellheard.resolve.complaints.tests.working import make_ready

Opened = Callable[..., Case]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_version", [True, False])
def test_exactly_one_of_two_threads_closes_the_case(
    opened: Opened, by_officer: Actor, at: datetime, with_version: bool
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the in-memory test database of SQLite belongs to one thread")
    case = opened()
    make_ready(case, by_officer, at)
    case.refresh_from_db()
    seen = case.version if with_version else None
    start, results = threading.Barrier(2), []

    def close() -> None:
        start.wait()
        try:
            close_case(case_id=case.pk, reason="satisfied", seen=seen, by=by_officer, at=at)
            results.append("closed")
        except (StaleCaseError, CaseClosedError) as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = "StaleCaseError" if with_version else "CaseClosedError"
    assert sorted(results) == sorted(["closed", refused])
    assert Closure.objects.count() == 1


@pytest.mark.django_db
def test_database_itself_refuses_a_second_closure_of_the_same_number(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    from django.db import IntegrityError, transaction

    case: Any = opened()
    known = {"organisation_id": case.organisation_id, "case": case, "number": 1, "at": at}
    Closure.objects.create(reason="satisfied", by_kind="staff", by_ref="1", **known)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(reason="withdrawn", by_kind="staff", by_ref="2", **known)
