"""Cases on the pages of other rooms: shown to those who may, and never a word of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import RequestFactory

from wellheard.base.audit.actor import Actor
from wellheard.channels.outbox.queries import messages_about
from wellheard.resolve.complaints import panels
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.follow_up import (
    broken_promises,
    follow_ups_due,
    open_cases_for,
)

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


@pytest.fixture
def request_of(person_of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def make(user: Any) -> Any:
        request: Any = RequestFactory().get("/")
        request.person = person_of(user) if user else None
        return request

    return make


def test_comment_patient_and_message_lead_to_the_case(
    opened: Opened, officer: Any, request_of: Callable[[Any], Any], actor: Actor, at: datetime
) -> None:
    case, request = opened(text="canary"), request_of(officer)
    acknowledge_case(case_id=case.pk, by=actor, at=at)
    message = messages_about(("case", str(case.pk))).get()
    for drawn in (
        panels.comment_case(request, case.comment),
        panels.patient_cases(request, case.patient),
        panels.message_case(request, message),
    ):
        assert f"/staff/cases/{case.pk}/" in drawn
        assert "canary" not in drawn


def test_those_who_may_not_read_cases_see_no_panel(
    opened: Opened, staff: Callable[..., Any], request_of: Callable[[Any], Any]
) -> None:
    case = opened()
    assert panels.comment_case(request_of(staff("analyst")), case.comment) == ""
    assert panels.comment_case(request_of(None), case.comment) == ""


def test_follow_ups_of_a_place_are_late_or_due_in_two_days(
    opened: Opened, place: Any, by_officer: Actor, at: datetime
) -> None:
    from datetime import timedelta

    from wellheard.resolve.complaints.actions.promises import break_overdue_promises, make_promise

    case = opened()
    make_promise(case_id=case.pk, words="Call", due_at=at + timedelta(days=1), by=by_officer, at=at)
    soon = follow_ups_due(place.pk, at)
    assert [(one.kind, one.late) for one in soon] == [("promise", False), ("clock", False)]
    later = at + timedelta(days=2)
    break_overdue_promises(later)
    assert follow_ups_due(place.pk, later)[0].words == "Promise broken"
    assert broken_promises(place.pk, at) == 1
    assert list(open_cases_for(place.pk)) == [case]


@pytest.mark.capability("C04")
def test_copies_on_a_case_agree_with_its_rows(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    from wellheard.resolve.complaints.actions.closing import reopen_case
    from wellheard.resolve.complaints.tests.working import closed

    case = opened()
    closed(case, by_officer, at)
    for reopen in (False, True):
        if reopen:
            reopen_case(case_id=case.pk, why="Again", by=by_officer, at=at)
        case.refresh_from_db()
        standing = case.closures.filter(reopening__isnull=True).first()
        assert case.owner_id == case.assignments.order_by("-at", "-pk").first().owner_id
        assert case.klass == case.classifications.order_by("-at", "-pk").first().klass
        assert case.acknowledged_at == case.acknowledgements.first().at
        assert case.closed_at == (standing.at if standing else None)
        assert case.ending == (standing.reason if standing else "")
        running = case.clocks.running().order_by("due_at").first()
        assert case.next_due_at == (running.due_at if running else None)
