"""A case has an owner, a class with the rules that made it, and clocks, from its first moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.queries import rows_about, verify_chain
from wellheard.channels.outbox.queries import messages_about
from wellheard.people.staff.models import User
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.actions.assigning import NoOwnerError
from wellheard.resolve.complaints.actions.opening import open_case
from wellheard.resolve.complaints.models import Case

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


def clocks(case: Case) -> dict[str, datetime]:
    return {clock.code: clock.due_at for clock in case.clocks.running()}


@pytest.mark.capability("C04")
def test_written_complaint_is_a_grievance_of_the_officer(opened: Opened, officer: Any) -> None:
    case = opened(source="letter")
    assert (case.klass, case.owner_id) == ("grievance", officer.pk)
    first = case.classifications.get()
    assert (first.decided_by, first.fired) == ("CMS-04", ["CMS-04"])


@pytest.mark.capability("C07")
def test_grievance_has_its_clocks_in_the_zone_of_the_place(opened: Opened, at: datetime) -> None:
    case = opened(source="letter")
    # Received Wednesday 4 March 2026; Chicago changes its clocks on the 8th.
    assert clocks(case) == {
        "acknowledge": datetime(2026, 3, 7, 6, 0, tzinfo=UTC),
        "decision": datetime(2026, 3, 12, 5, 0, tzinfo=UTC),
        "interim": datetime(2026, 3, 12, 5, 0, tzinfo=UTC),
        "word": datetime(2026, 4, 4, 5, 0, tzinfo=UTC),
        "first_reply": datetime(2026, 3, 6, 6, 0, tzinfo=UTC),
    }
    assert case.next_due_at == clocks(case)["first_reply"]


def test_smaller_complaint_goes_to_the_manager_of_the_place(opened: Opened, manager: Any) -> None:
    case = opened(source="card", tier="normal")
    assert (case.klass, case.owner_id) == ("complaint", manager.pk)


def test_opening_twice_changes_nothing(opened: Opened, actor: Actor, at: datetime) -> None:
    case = opened()
    again, is_new = open_case(comment_id=case.comment_id, by=actor, at=at)
    assert (again.pk, is_new, Case.objects.count()) == (case.pk, False, 1)


def test_the_same_thing_by_another_channel_joins_the_case(
    opened: Opened, said: Callable[..., Any], actor: Actor, at: datetime
) -> None:
    case = opened(text="The bell in room 12 was out of reach all night.")
    copy = said("The bell in room 12 was out of reach all night.", source="email")
    copy.duplicate_of = case.comment
    copy.save()
    joined, is_new = open_case(comment_id=copy.pk, by=actor, at=at)
    assert (joined.pk, is_new) == (case.pk, False)
    assert [row.part for row in case.said.all()] == ["first", "repeat"]


@pytest.mark.capability("C10")
def test_somebody_away_is_passed_over(
    opened: Opened, officer: Any, staff: Callable[..., Any], actor: Actor, at: datetime
) -> None:
    from wellheard.resolve.complaints.actions.assigning import record_absence

    second = staff("grievance_officer")
    record_absence(
        user=officer, since=at - timedelta(days=1), until=at + timedelta(days=5), by=actor, at=at
    )
    assert opened().owner_id == second.pk


def test_without_anybody_the_case_waits_rather_than_be_nobodys(
    said: Callable[..., Any], actor: Actor, at: datetime
) -> None:
    comment = said()
    User.objects.update(is_active=False)
    with pytest.raises(NoOwnerError):
        open_case(comment_id=comment.pk, by=actor, at=at)
    assert Case.objects.count() == 0


@pytest.mark.capability("C01")
@pytest.mark.capability("E04")
def test_acknowledgement_tells_reference_rights_and_what_follows(
    opened: Opened, actor: Actor, at: datetime
) -> None:
    case = opened()
    acknowledge_case(case_id=case.pk, by=actor, at=at)
    message = messages_about(("case", str(case.pk))).get()
    for told in (
        "Dear Ana Example,",
        case.reference,
        "11 March 2026",
        "State Health Office",
        "555 0199",
        "Rosa Marín",
        "Quality Review",
        "never changes your care",
        f"/en/follow/{case.secret}/",
    ):
        assert told in message.body
    assert "555" not in message.short
    case.refresh_from_db()
    assert (case.acknowledged_at, "acknowledge" in clocks(case)) == (at, False)


def test_acknowledging_twice_sends_one_message(opened: Opened, actor: Actor, at: datetime) -> None:
    case = opened()
    first = acknowledge_case(case_id=case.pk, by=actor, at=at)
    second = acknowledge_case(case_id=case.pk, by=actor, at=at + timedelta(minutes=1))
    assert first == second
    assert messages_about(("case", str(case.pk))).count() == 1


@pytest.mark.parametrize(("language", "words"), [("es", "Gracias por contárnoslo"), ("ar", "شكراً")])
def test_acknowledgement_speaks_the_language_of_the_person(
    opened: Opened, actor: Actor, at: datetime, language: str, words: str
) -> None:
    case = opened(language=language)
    acknowledge_case(case_id=case.pk, by=actor, at=at)
    message = messages_about(("case", str(case.pk))).get()
    assert words in message.body
    assert f"/{language}/follow/" in message.body


def test_nobody_to_write_to_means_no_acknowledgement(
    opened: Opened, actor: Actor, at: datetime
) -> None:
    case = opened(patient=None, source="card", tier="immediate")
    assert acknowledge_case(case_id=case.pk, by=actor, at=at) is None
    assert case.klass == "feedback"


@pytest.mark.capability("C04")
def test_opening_is_audited_without_words(
    opened: Opened, organisation: Any, actor: Actor, at: datetime
) -> None:
    case = opened(text="canary-words")
    rows = rows_about(organisation.pk, "resolve.case", str(case.pk))
    assert [row.action for row in rows] == ["case.opened"]
    assert "canary" not in str([row.details for row in rows])
    assert verify_chain(organisation.pk).broken is None
