"""A call written up, its copy, and what somebody else may be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from wellheard.base.audit.actor import Actor
from wellheard.channels.outbox.models import Message
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.changing import NotAllowedError
from wellheard.resolve.complaints.actions.letters import (
    LetterNotReadyError,
    release_letter,
    write_letter,
)
from wellheard.resolve.complaints.actions.sharing import gets_general_only, note_sharing
from wellheard.resolve.complaints.actions.working import record_perspective
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.rules.sharing import general_only

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"
PARTS = {
    "contact": "Rosa Marín, 555 0100.",
    "steps": "We spoke with the nurse and read the record.",
    "results": "The bell was not answered for forty minutes.",
    "completed": "4 March 2026.",
}


@pytest.mark.parametrize(
    ("complainant", "state", "general"),
    [
        ("patient", "", False),
        ("unknown", "", False),
        ("representative", "", True),
        ("representative", "authority", False),
        ("other", "not_asked", True),
        ("other", "agreed", False),
        ("other", "refused", True),
        ("other", "withdrawn", True),
    ],
)
@pytest.mark.capability("N04")
def test_somebody_else_gets_general_information_until_the_patient_agrees(
    complainant: str, state: str, general: bool
) -> None:
    assert general_only(complainant, state, rulebook.sharing()) is general


@pytest.mark.capability("N04")
def test_decision_goes_to_a_relative_only_with_the_patients_agreement(
    opened: Callable[..., Case], by_officer: Actor, at: datetime
) -> None:
    case = opened(facts={"complainant": "other"})
    record_perspective(case_id=case.pk, words="Nobody came.", by=by_officer, at=at)
    codes = [e.code for e in rulebook_parts(case)]
    letter = write_letter(
        case_id=case.pk,
        kind="decision",
        parts={code: PARTS.get(code, "We looked into it.") for code in codes},
        by=by_officer,
        at=at,
    )
    with pytest.raises(LetterNotReadyError) as refused:
        release_letter(letter_id=letter.pk, by=by_officer, at=at)
    assert "sharing" in {flag.code for flag in refused.value.flags}
    with pytest.raises(NotAllowedError):
        note_sharing(case_id=case.pk, state="agreed", by=by_officer, at=at)
    note_sharing(
        case_id=case.pk, state="agreed", basis="Said so on the phone.", by=by_officer, at=at
    )
    assert not gets_general_only(case)
    note_sharing(case_id=case.pk, state="withdrawn", by=by_officer, at=at + timedelta(minutes=1))
    assert gets_general_only(case)


def rulebook_parts(case: Case) -> Any:
    from wellheard.resolve.complaints.queries.rulebook import pack_of

    return pack_of(case).letters["decision"].elements


def call(client: Any, **more: Any) -> Any:
    form = {
        "channel": "phone",
        "received_at": "2026-03-04T09:00",
        "text": "Nobody answered the bell.",
        "wish": "An apology",
        "read_back": "on",
        "complainant": "other",
        "complainant_name": "Luis Diaz",
        "name": "Rosa Diaz",
        "email": "luis@example.org",
        "may_write": "on",
        "language": "es",
    }
    return client.post("/staff/cases/new/", form | more)


@pytest.mark.capability("C02")
def test_call_is_copied_to_the_caller_in_their_language_and_the_clock_starts_at_the_call(
    policy: Any, officer: Any, signed_in: Callable[..., Any]
) -> None:
    client = signed_in(officer)
    assert call(client).status_code == 302
    case = Case.objects.get()
    assert case.received_at.isoformat() == "2026-03-04T15:00:00+00:00"
    assert case.sharings.get().state == "not_asked"
    message = Message.objects.get()
    assert message.language == "es"
    assert "Hemos escrito lo que nos contó el 4 de marzo de 2026" in message.body
    page = client.get(f"/staff/cases/{case.pk}/copy/").content.decode()
    for words in ("Nobody answered the bell.", "An apology", "Se lo leímos", case.reference):
        assert words in page
    shown = client.get(f"/staff/cases/{case.pk}/").content.decode()
    assert "General information only" in shown


@pytest.mark.capability("C02")
def test_letter_keeps_its_scan_and_a_dangerous_scan_is_refused_kindly(
    policy: Any, officer: Any, signed_in: Callable[..., Any]
) -> None:
    client = signed_in(officer)
    bad = SimpleUploadedFile("x.pdf", b"MZ program", content_type="application/pdf")
    refused = call(client, channel="letter", scans=bad)
    assert refused.status_code == 422
    assert "neither a PDF, a picture nor a recording" in refused.content.decode()
    good = SimpleUploadedFile("letter.pdf", PDF, content_type="application/pdf")
    assert call(client, channel="letter", scans=good).status_code == 302
    case = Case.objects.get()
    assert (case.channel, case.casefiles.get().name) == ("letter", "letter.pdf")
    assert "Hemos escrito" not in Message.objects.get().body


def test_agreement_without_saying_how_is_asked_for(
    policy: Any, officer: Any, signed_in: Callable[..., Any]
) -> None:
    answer = call(signed_in(officer), sharing="agreed")
    assert answer.status_code == 422
    assert "Write how the patient agreed" in answer.content.decode()
