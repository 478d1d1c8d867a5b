"""Sam opens a survey on the platform, answers in the tunnel, and it arrives once at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from wellheard.listen.intake.models import Attachment
from wellheard.listen.invitations.actions import invite
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.models import InstrumentDecision, InstrumentProposal
from wellheard.listen.surveys.tests.test_kinds import every_kind

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.capability("A06"),
    pytest.mark.any_database,
]


def test_answers_given_without_internet_arrive_exactly_once(
    open_page: Any, place: Any, actor: Any
) -> None:
    made = invite(place=place, instrument_code="pulse", by=actor, at=timezone.now())
    page = open_page(width=320)
    address = f"/en/s/{made.token}/all-questions/"
    page.goto(address)
    page.locator("#survey-ready").wait_for()

    page.context.set_offline(True)
    page.goto(address)
    assert page.get_by_role("heading", level=1).inner_text() == "Your time with us"
    page.locator('label[for="rating-answer_9"]').click()
    page.locator("#comment-answer").fill("It was quiet at night.")
    page.get_by_role("button", name="Send my answers").click()
    page.locator("#survey-waiting").wait_for()
    assert not Response.objects.exists()

    # The telephone is put away and taken out again: what was written is still there.
    page.goto(address)
    page.locator("#survey-waiting").wait_for()
    assert page.locator("#comment-answer").input_value() == "It was quiet at night."

    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_url("**/thanks/")
    assert [each.answers for each in Response.objects.all()] == [{"rating": 8}]
    waiting = """new Promise((done) => {
        const opening = indexedDB.open("wellheard-survey", 1);
        opening.onsuccess = () => {
            const rows = opening.result.transaction("waiting").objectStore("waiting").count();
            rows.onsuccess = () => done(rows.result);
        };
    })"""
    assert page.evaluate(waiting) == 0
    assert page.evaluate(f"caches.match('{address}').then((kept) => kept === undefined)")
    page.goto(address)
    assert "You have answered already" in page.content()
    assert Response.objects.count() == 1


def test_recording_chosen_without_internet_arrives_with_the_answers(
    open_page: Any, place: Any, actor: Any, staff: Any, tmp_path: Path
) -> None:
    user = staff("px_specialist")
    proposal = InstrumentProposal.objects.create(
        organisation=place.organisation, code="kinds", version=1, definition=every_kind(),
        reason="first", proposed_by=user, proposed_at=timezone.now(),
    )  # fmt: skip
    InstrumentDecision.objects.create(
        organisation=place.organisation, proposal=proposal, approved=True, decided_by=user,
        decided_at=timezone.now(),
    )  # fmt: skip
    made = invite(place=place, instrument_code="kinds", by=actor, at=timezone.now())
    recording = tmp_path / "a.wav"
    recording.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24))
    page = open_page(width=390)
    address = f"/en/s/{made.token}/all-questions/"
    page.goto(address)
    page.locator("#survey-ready").wait_for()
    page.context.set_offline(True)
    page.locator("#wish-answer").fill("More light")
    page.locator("#spoken-answer").set_input_files(recording)
    page.get_by_role("button", name="Send my answers").click()
    page.locator("#survey-waiting").wait_for()
    page.goto(address)
    page.locator("#survey-waiting").wait_for()
    assert page.evaluate("document.getElementById('spoken-answer').files.length") == 1
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_url("**/thanks/")
    assert [each.kind for each in Attachment.objects.all()] == ["voice"]
