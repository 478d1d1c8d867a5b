"""Boards and panels: advice from meeting to answer; people who are no patients kept apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.models import Comment
from wellheard.listen.panels import actions
from wellheard.listen.panels.models import Advice, ChoiceAnswer, Panel, PanelMember
from wellheard.listen.panels.wording import answer, reasons
from wellheard.listen.responses.models import Response
from wellheard.people.patients.models import Patient

pytestmark = pytest.mark.django_db
TERM = {"starts_on": date(2026, 1, 1), "ends_on": date(2099, 1, 1)}


@pytest.fixture
def begin(organisation: Any, actor: Any, at: Any) -> Any:
    def panel(kind: str) -> Panel:
        return actions.begin_panel(organisation, name=kind, kind=kind, by=actor, at=at)

    return panel


@pytest.mark.capability("B14")
@pytest.mark.parametrize("outcome", ["accepted", "declined"])
def test_advice_ends_with_a_reason_that_every_member_is_told(
    begin: Any, staff: Any, actor: Any, at: Any, outcome: str
) -> None:
    board = begin("advisory")
    people = (("Ana", "ana@example.org", "es"), ("Amal", "amal@example.org", "ar"), ("Bo", "", ""))
    for name, email, language in people:
        actions.add_member(board, name=name, email=email, language=language, **TERM,
                           by=actor, at=at)  # fmt: skip
    gone = actions.add_member(board, name="Former", **TERM, by=actor, at=at)
    actions.end_term(gone, on=at.date() - timedelta(days=1), by=actor, at=at)
    due = at.date() + timedelta(days=30)
    advice = actions.note_advice(board, text="Put a clock in each room", owner=staff("executive"),
                                 due_on=due, by=actor, at=at)  # fmt: skip
    late = due + timedelta(days=1)
    assert not Advice.objects.all().overdue(due).exists()  # type: ignore[attr-defined]
    assert Advice.objects.overdue(late).get() == advice  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="reason"):
        actions.decide_advice(advice, outcome=outcome, why=" ", by=actor, at=at)
    why = "Facilities hangs them in May."
    actions.decide_advice(advice, outcome=outcome, why=why, by=actor, at=at)
    messages = Message.objects.filter(about_kind="advice").order_by("pk")
    assert [m.language for m in messages] == ["es", "ar"]
    assert all(why in m.body and "Put a clock" in m.body for m in messages)
    assert messages[0].body.startswith("Su grupo") and "نصح" in messages[1].body
    assert Advice.objects.overdue(late).exists()  # type: ignore[attr-defined]  # Bo has no address
    advice.refresh_from_db()
    assert actions.note_told(advice, by=actor, at=at) == 1
    assert not Advice.objects.overdue(late).exists()  # type: ignore[attr-defined]
    with pytest.raises(actions.AlreadyDecidedError):
        actions.decide_advice(advice, outcome="declined", why="no", by=actor, at=at)
    assert Message.objects.count() == 2


@pytest.mark.capability("K09")
@pytest.mark.parametrize("kind", ["lost", "community"])
def test_what_no_patients_say_is_never_counted_with_patients(
    begin: Any, staff: Any, signed_in: Any, actor: Any, at: Any, kind: str
) -> None:
    panel = begin(kind)
    client = signed_in(staff("px_specialist"))
    seat = {"name": "Kim", "email": "kim@example.org"} | {k: str(v) for k, v in TERM.items()}
    page = reverse("panels:member", args=[panel.pk])
    assert client.post(page, seat).status_code == 302
    told = {
        "reason": "not:wait",
        "went_to": "Elsewhere",
        "words": "Six weeks",
        "told_on": "2026-03-01",
    }
    page = reverse("panels:choice", args=[panel.pk])
    assert client.post(page, told).status_code == 302
    assert client.post(page, told | {"reason": "not:moon"}).status_code == 422
    assert ChoiceAnswer.objects.get().reason == "not:wait"
    assert PanelMember.objects.get().patient is None
    assert not (Patient.objects.exists() or Comment.objects.exists() or Response.objects.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM listen_choiceanswer")
        assert "Six weeks" not in cursor.fetchone()[0]


def test_advisory_board_tells_no_choices(begin: Any, actor: Any, at: Any) -> None:
    with pytest.raises(ValueError, match="patients"):
        actions.tell_choice(begin("advisory"), reason="for:near", told_on=at.date(),
                            by=actor, at=at)  # fmt: skip


def test_board_is_run_on_its_pages(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("px_specialist"))
    owner = staff("nurse_manager")
    new = {"name": "Families", "kind": "advisory"}
    assert client.post(reverse("panels:panels"), new).status_code == 302
    assert client.post(reverse("panels:panels"), new).status_code == 422
    board = Panel.objects.get()
    seat = reverse("panels:member", args=[board.pk])
    wrong = {"name": "Ana", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    assert client.post(seat, wrong).status_code == 422
    client.post(seat, wrong | {"ends_on": "2099-01-01"})
    client.post(reverse("panels:meeting", args=[board.pk]),
                {"held_on": "2026-03-01", "agenda": "1. Clocks"})  # fmt: skip
    given = {"text": "A clock in each room", "owner": owner.pk, "due_on": "2026-03-02",
             "meeting": board.meetings.get().pk}  # fmt: skip
    add = reverse("panels:new_advice", args=[board.pk])
    assert client.post(add, given | {"owner": 987654}).status_code == 422
    assert client.post(add, given).status_code == 302
    assert "Advice that is overdue" in client.get(reverse("panels:panels")).content.decode()
    advice = Advice.objects.get()
    page = reverse("panels:advice", args=[advice.pk])
    assert client.post(page, {"outcome": "accepted", "why": ""}).status_code == 422
    client.post(page, {"outcome": "accepted", "why": "In May."})
    assert "not told yet" in client.get(page).content.decode()
    client.post(reverse("panels:told", args=[advice.pk]))
    words = client.get(page).content.decode()
    assert "told in person" in words and "not told yet" not in words
    shown = client.get(reverse("panels:panel", args=[board.pk])).content.decode()
    assert "1. Clocks" in shown and "Accepted" in shown
    assert "No advice is overdue." in client.get(reverse("panels:panels")).content.decode()
    client.post(reverse("panels:leave", args=[board.members.get().pk]))
    assert signed_in(staff("analyst")).get(page).status_code == 403


def test_words_are_there_in_three_languages_and_english_otherwise() -> None:
    parts = {"advice": "a", "why": "w", "organisation": "o"}
    bodies = {answer(each, "declined", **parts).body for each in ("en", "es", "ar", "fr")}
    assert len(bodies) == 3 and len(reasons().all()) == 18
