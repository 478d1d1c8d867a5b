"""The staff pages of intake: who sees what, and what can be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.listen.intake import actions, listing
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.models import Comment, Disposition
from wellheard.listen.intake.rules.files import Received

pytestmark = pytest.mark.django_db
LIST = "/staff/comments/"


@pytest.fixture
def said(organisation: Any, place: Any, actor: Any) -> Any:
    from django.utils import timezone

    def receive(text: str, **fields: Any) -> Comment:
        at = fields.pop("at", timezone.now())
        new = {"organisation": organisation, "source": "card", "place": place, "text": text}
        return receive_comment(NewComment(**new | fields), by=actor, at=at)

    return receive


def page(client: Any, address: str) -> str:
    answered = client.get(address)
    assert answered.status_code == 200, answered.status_code
    text: str = answered.content.decode()
    return text


def test_list_shows_only_comments_of_the_persons_places_and_is_recorded_as_read(
    said: Any, place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    said("From the ward"), said("From the clinic", place=other_place)
    words = page(signed_in(staff("nurse_manager", places=[place])), LIST)
    assert "From the ward" in words and "From the clinic" not in words
    row = AuditRow.objects.get(action="read")
    assert (row.object_kind, row.details) == ("comment_list", {"count": 1})


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=BELL", {"bell"}),
        ("state=undecided", {"bell", "kind"}),
        ("state=noted", {"old"}),
        ("source=email", {"kind"}),
        ("period=30", {"bell", "kind"}),
        ("state=copies&q=bell", {"bell", "bell again"}),
        ("place=nonsense", {"bell", "kind", "old"}),
    ],
)
def test_list_is_narrowed(
    said: Any, staff: Any, signed_in: Any, actor: Any, query: str, shown: set[str]
) -> None:
    from django.utils import timezone

    now = timezone.now()
    bell = said("the bell")
    again = said("bell again")
    actions.mark_copy(comment_id=again.pk, first_id=bell.pk, by=actor, at=now)
    said("kind words", source="email")
    old = said("old news", at=now - timedelta(days=60))
    actions.decide_comment(comment_id=old.pk, kind="noted", by=actor, at=now)
    words = page(signed_in(staff("px_specialist")), f"{LIST}?{query}")
    texts = {
        "bell": "the bell",
        "bell again": "bell again",
        "kind": "kind words",
        "old": "old news",
    }
    assert {name for name, text in texts.items() if f">{text}<" in words} == shown


def test_comment_is_found_by_its_number(said: Any, staff: Any, signed_in: Any) -> None:
    wanted, other = said("wanted"), said("other")
    typed = wanted.reference.replace("-", " ").lower()
    words = page(signed_in(staff("px_specialist")), f"{LIST}?q={typed}")
    assert wanted.reference in words and other.reference not in words


def test_masked_reader_sees_masked_words_only_and_cannot_search_for_names(
    said: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    comment = said("Nurse Grace Bell was kind, call 312 555 0123")
    client = signed_in(staff("analyst"))
    assert "Grace" not in page(client, LIST)
    assert "once names have been taken out" in page(client, LIST)
    masked = {comment.pk: listing.Aside(masked="Nurse [name] was kind")}
    monkeypatch.setattr(listing, "fillers", lambda slot: (lambda comments, person: masked,))
    monkeypatch.setattr("wellheard.listen.intake.views.reading.list_filters", list)
    words = page(client, f"{LIST}?q=Grace")
    assert 'name="q"' not in words and "Nurse [name] was kind" in words
    words = page(client, f"{LIST}{comment.pk}/")
    assert "Grace" not in words and "Nurse [name] was kind" in words


def test_hostile_words_show_as_words(said: Any, staff: Any, signed_in: Any) -> None:
    comment = said('<img src=x onerror="alert(1)"> {{ 7*7 }}')
    client = signed_in(staff("px_specialist"))
    for address in (LIST, f"{LIST}{comment.pk}/"):
        words = page(client, address)
        assert "<img src=x" not in words and "{{ 7*7 }}" in words


def test_comment_elsewhere_does_not_exist_for_a_nurse_manager(
    said: Any, place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    elsewhere = said("x", place=other_place)
    client = signed_in(staff("nurse_manager", places=[place]))
    assert client.get(f"{LIST}{elsewhere.pk}/").status_code == 404
    posted = client.post(f"{LIST}{elsewhere.pk}/dispositions/", {"kind": "noted"})
    assert posted.status_code == 404
    assert not Disposition.objects.exists()


@pytest.mark.parametrize("role", ["front_desk", "auditor", "administrator"])
def test_roles_without_comments_are_refused(
    said: Any, staff: Any, signed_in: Any, role: str
) -> None:
    said("x")
    assert signed_in(staff(role)).get(LIST).status_code == 403


def test_executive_reads_masked_and_decides_nothing(said: Any, staff: Any, signed_in: Any) -> None:
    comment = said("x")
    client = signed_in(staff("executive"))
    assert "Keep this decision" not in page(client, f"{LIST}{comment.pk}/")
    assert client.post(f"{LIST}{comment.pk}/dispositions/", {"kind": "noted"}).status_code == 403


def test_manager_decides_passes_on_and_hands_over(
    said: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    comment = said("Grace was kind")
    manager = staff("nurse_manager", places=[place])
    nurse = staff("front_desk", places=[place])
    client = signed_in(manager)
    here = f"{LIST}{comment.pk}/"
    assert client.post(f"{here}owner/", {"owner": manager.pk}).status_code == 302
    assert (
        client.post(f"{here}passings-on/", {"to": [nurse.pk], "named": "Grace"}).status_code == 302
    )
    assert (
        client.post(f"{here}dispositions/", {"kind": "noted", "why": "told the team"}).status_code
        == 302
    )
    comment.refresh_from_db()
    assert (comment.owner, comment.disposition) == (manager, "noted")
    words = page(client, here)
    assert "told the team" in words and "Passed on" in words


def test_form_with_a_problem_comes_back_with_it(said: Any, staff: Any, signed_in: Any) -> None:
    comment = said("x")
    client = signed_in(staff("px_specialist"))
    answered = client.post(f"{LIST}{comment.pk}/copies/", {"first": "C-99999999"})
    words = answered.content.decode()
    assert answered.status_code == 422
    assert "There is a problem" in words and "There is no other comment with this number" in words


def test_copy_is_marked_by_number_and_taken_back(said: Any, staff: Any, signed_in: Any) -> None:
    first, second = said("one"), said("two")
    client = signed_in(staff("px_specialist"))
    client.post(f"{LIST}{second.pk}/copies/", {"first": first.reference.lower()})
    second.refresh_from_db()
    assert second.duplicate_of == first
    assert first.reference in page(client, f"{LIST}{second.pk}/")
    client.post(f"{LIST}{second.pk}/copies/removal/")
    second.refresh_from_db()
    assert second.duplicate_of is None


@pytest.mark.capability("B08")
def test_voice_note_is_served_apart_and_transcribed(
    said: Any, actor: Any, at: Any, staff: Any, signed_in: Any
) -> None:
    comment = said("listen")
    note = actions.add_attachment(
        comment=comment, received=Received("voice", "audio/ogg", b"OggS1"), by=actor, at=at
    )
    client = signed_in(staff("px_specialist"))
    address = f"{LIST}{comment.pk}/attachments/{note.pk}/"
    answered = client.get(address)
    assert answered.content == b"OggS1"
    assert (
        answered["Content-Type"] == "audio/ogg" and "sandbox" in answered["Content-Security-Policy"]
    )
    client.post(f"{address}transcript/", {"text": "Nadie vino"})
    client.post(f"{LIST}{comment.pk}/translations/", {"language": "es", "text": "Escuche"})
    words = page(client, f"{LIST}{comment.pk}/")
    assert "Nadie vino" in words and "Escuche" in words
    assert signed_in(staff("analyst")).get(address).status_code == 403


@pytest.mark.capability("B21")
def test_thanks_reach_the_one_they_are_for_and_everybody_at_the_place(
    said: Any, place: Any, other_place: Any, staff: Any, signed_in: Any, actor: Any, at: Any
) -> None:
    nurse, manager = staff("front_desk", places=[place]), staff("nurse_manager", places=[place])
    elsewhere, officer = staff("front_desk", places=[other_place]), staff("grievance_officer")
    for_one, for_all = said("Grace held my hand"), said("A calm ward")
    actions.pass_on(comment_id=for_one.pk, to=[nurse.pk], named="Grace", by=actor, at=at)
    actions.pass_on(comment_id=for_all.pk, by=actor, at=at)

    def read_by(user: Any) -> set[str]:
        words = page(signed_in(user), "/staff/thanks/")
        return {text for text in ("Grace held my hand", "A calm ward") if text in words}

    assert read_by(nurse) == {"Grace held my hand", "A calm ward"}
    assert read_by(manager) == {"A calm ward"}
    assert read_by(elsewhere) == read_by(officer) == set()
    assert "Nobody has been thanked here yet" in page(signed_in(officer), "/staff/thanks/")
