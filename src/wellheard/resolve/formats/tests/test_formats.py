"""The same letter in every format, from the words that went; none loses what the law asks for."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditRow
from wellheard.base.jobs.worker import Worker
from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.people.patients.models import Patient
from wellheard.people.preferences.actions import Wishes, link_for, state_wishes
from wellheard.people.preferences.queries import preference_of
from wellheard.resolve.complaints.models import Case, LetterDispatch
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.tests.working import PARTS
from wellheard.resolve.formats import source, speech
from wellheard.resolve.formats.actions import (
    PIECE,
    ask_interpreter,
    keep_recording,
    read_piece,
    want_formats,
    write_easy,
)
from wellheard.resolve.formats.models import FormatPiece, WantedFormat
from wellheard.resolve.formats.policy import format_policy
from wellheard.resolve.formats.tests.test_rules import MP4

pytestmark = [pytest.mark.django_db, pytest.mark.capability("E05"), pytest.mark.any_database]
Opened = Callable[..., Case]
Sent = Callable[..., LetterDispatch]
ELEMENTS = ("contact_person", "steps_taken", "results", "completed_on")


def paper(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def sizes(content: bytes) -> set[float]:
    """The sizes of every word of a PDF, in points."""
    found: set[float] = set()

    def look(text: str, matrix: Any, text_matrix: Any, _font: Any, size: float) -> None:
        if text.strip():
            found.add(round(abs(size * text_matrix[3] * matrix[3]), 1))

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=look)
    return found


def test_same_letter_renders_in_four_formats_from_one_source_with_every_element(
    sent: Sent,
) -> None:
    row = sent()
    assert {e.code for e in pack_of(row.case).letters["decision"].elements} == set(ELEMENTS)
    easy = source.easy_of(row)
    formats = {
        "standard": paper(source.pdf_of(row, "standard", "Our answer")),
        "large": paper(source.pdf_of(row, "large", "Our answer")),
        "easy": " ".join(line.text for part in easy.parts for line in part.lines),
        "easy paper": paper(source.pdf_of(row, "easy", "Our answer")),
        "audio": " ".join(source.script_of(row).split()),
    }
    for name, text in formats.items():
        for code in ELEMENTS:
            assert PARTS[code] in text, f"{code} is missing in {name}"
        # the person's rights and whom to turn to outside, with their numbers
        for said in ("State Health Office", "555 0199", "1 Capitol Square", "555 0177", "555 0100"):
            assert said in text, f"{said} is missing in {name}"
        assert row.case.reference in text, name
    headings = {part.code: part.heading for part in easy.parts}
    assert headings["results"] == "What we found" and "rights" in headings


def test_large_print_has_no_word_below_eighteen_points_and_the_usual_letter_has(
    sent: Sent,
) -> None:
    row = sent()
    pages = format_policy()
    large = sizes(source.pdf_of(row, "large", "Our answer"))
    assert min(large) >= 18 and pages.large_points >= 18
    assert min(sizes(source.pdf_of(row, "standard", "Our answer"))) < 13
    assert min(sizes(source.pdf_of(row, "easy", "Our answer"))) >= 16


def test_audio_is_real_speech_as_long_as_its_words(sent: Sent) -> None:
    row = sent()
    with wave.open(io.BytesIO(source.sound_of(row))) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        loudest = max(abs(x) for x in memoryview(sound.readframes(10**7)).cast("h"))
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
    words = len(source.script_of(row).split())
    assert 0.5 < seconds / (60 * words / format_policy().words_per_minute) < 2.5
    assert loudest > 5000


@pytest.mark.parametrize(
    ("language", "text"), [("en", "We listened."), ("es", "Le escuchamos."), ("ar", "أصغينا إليك.")]
)
def test_every_language_has_a_voice(language: str, text: str) -> None:
    one, two = speech.speak(text, language), speech.speak(f"{text} {text}", language)
    assert one[:4] == b"RIFF" and len(two) > 1.4 * len(one)


def test_without_a_speech_library_somebody_reads_it(
    sent: Sent, by_officer: Actor, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(speech, "find_spec", lambda _name: None)
    row = sent()
    assert not source.has_format(row, "audio")
    with pytest.raises(speech.SpeechMissingError):
        source.sound_of(row)
    file = keep_recording(row, kind="audio", content=b"RIFF\0\0\0\0WAVE" + b"\1" * 50,
                          recorded_by="Rosa Marín", by=by_officer, at=now)  # fmt: skip
    assert source.has_format(row, "audio")
    assert (file.content_type, file.recorded_by) == ("audio/wav", "Rosa Marín")


def test_wishes_of_the_patient_choose_the_formats_when_the_letter_leaves(
    sent: Sent, patient: Patient, by_officer: Actor, now: datetime
) -> None:
    wishes = Wishes(formats=("large", "easy", "audio", "signed"), tone="warm")
    state_wishes(patient=patient, wishes=wishes, by=by_officer, at=now)
    row = sent()
    Worker().drain()
    Worker().drain()
    made = {w.kind: w.made_at is not None for w in WantedFormat.objects.filter(dispatch=row)}
    assert made == {"large": True, "easy": True, "audio": True, "signed": False}
    asked = ask_interpreter(row, sign_language="ase", interpreter="Noa Levi",
                            due_on=(now + timedelta(days=2)).date(), by=by_officer, at=now)  # fmt: skip
    assert asked.interpreter == "Noa Levi"
    keep_recording(row, kind="signed", content=MP4, recorded_by="Noa Levi", language="ase",
                   by=by_officer, at=now)  # fmt: skip
    assert WantedFormat.objects.get(kind="signed").made_at == now
    acts = AuditRow.objects.filter(action__startswith="letter_format.")
    assert set(acts.values_list("action", flat=True)) == {
        "letter_format.wanted", "letter_format.interpreter_asked", "letter_format.recorded",
        "letter_format.made",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tone", "first", "last"),
    [("", "Dear Ana Example,", "Riverbend Health"),
     ("warm", "Hello Ana Example,", "We are here if you want to talk."),
     ("formal", "Dear Ana Example,", "Yours sincerely,")],
)  # fmt: skip
def test_tone_changes_the_frame_of_a_letter_and_none_of_its_elements(
    tone: str, first: str, last: str, sent: Sent, patient: Patient, by_officer: Actor,
    now: datetime,
) -> None:  # fmt: skip
    state_wishes(patient=patient, wishes=Wishes(tone=tone), by=by_officer, at=now)
    row = sent()
    assert row.body.startswith(first) and last in row.body
    assert all(PARTS[code] in row.body for code in ELEMENTS)


def test_wishes_of_the_patient_do_not_hold_for_somebody_who_speaks_for_them(
    sent: Sent, patient: Patient, by_officer: Actor, now: datetime
) -> None:
    state_wishes(patient=patient, wishes=Wishes(formats=("large",)), by=by_officer, at=now)
    row = sent()
    row.case.complainant = "representative"
    assert want_formats(row, by=by_officer, at=now) == []


HARD = "We found that the shift had been planned with one nurse less than the rules of the ward ask for."


def test_hard_line_is_held_back_until_a_person_writes_it_more_easily(
    sent: Sent, patient: Patient, by_officer: Actor, now: datetime
) -> None:
    state_wishes(patient=patient, wishes=Wishes(formats=("easy",)), by=by_officer, at=now)
    row = sent(results=HARD)
    Worker().drain()
    easy = source.easy_of(row)
    assert not easy.is_ready and not source.has_format(row, "easy")
    (hard,) = [line for part in easy.parts for line in part.lines if line.is_hard]
    assert hard.text == HARD and WantedFormat.objects.get().made_at is None
    write_easy(row, {hard.number: "One nurse was missing.\nThat was wrong.", 999: "no"},
               by=by_officer, at=now)  # fmt: skip
    easy = source.easy_of(row)
    assert easy.is_ready and WantedFormat.objects.get().made_at == now
    said = [line.text for part in easy.parts if part.code == "results" for line in part.lines]
    assert said == ["One nurse was missing.", "That was wrong."]
    assert HARD in row.body, "the letter itself stays as it went"


def test_recording_lies_sealed_in_pieces_and_comes_back_whole(
    sent: Sent, by_officer: Actor, now: datetime
) -> None:
    row = sent()
    content = MP4 + bytes(range(256)) * (PIECE // 200)
    file = keep_recording(row, kind="signed", content=content, recorded_by="Noa", by=by_officer,
                          at=now)  # fmt: skip
    pieces = FormatPiece.objects.filter(file=file)
    assert pieces.count() == 2
    assert all(b"ftypisom" not in bytes(piece.sealed) for piece in pieces)
    assert b"".join(read_piece(file, n) for n in range(2)) == content
    with pytest.raises(FileRefusedError):
        keep_recording(row, kind="signed", content=b"MZ not a film", recorded_by="x",
                       by=by_officer, at=now)  # fmt: skip


def test_staff_page_shows_what_waits_and_takes_it_in(
    sent: Sent, patient: Patient, by_officer: Actor, now: datetime, officer: Any, staff: Any,
    signed_in: Any, other_place: Any,
) -> None:  # fmt: skip
    from django.core.files.uploadedfile import SimpleUploadedFile

    state_wishes(patient=patient, wishes=Wishes(formats=("easy", "signed")), by=by_officer, at=now)
    row = sent(results=HARD)
    Worker().drain()
    client = signed_in(officer)
    listed = client.get(reverse("letter_formats:letters")).content.decode()
    assert "Easy read: Our answer" in listed and "In sign language: Our answer" in listed
    at = reverse("letter_formats:letter", args=[row.pk])
    page = client.get(at).content.decode()
    assert "Not given out yet" in page and f"<mark>{HARD}</mark>" in page
    (hard,) = [x for part in source.easy_of(row).parts for x in part.lines if x.is_hard]
    client.post(at + "easy/", {f"line_{hard.number}": "One nurse was missing."})
    assert "the person can have it" in client.get(at).content.decode()
    day = (now + timedelta(days=3)).date().isoformat()
    asked = {"interpreter": "Noa Levi", "sign_language": "bfi", "due_on": day}
    assert client.post(at + "interpreter/", asked | {"sign_language": "xx"}).status_code == 422
    assert client.post(at + "interpreter/", asked).status_code == 302
    assert "Noa Levi was asked: British Sign Language" in client.get(at).content.decode()

    def upload(content: bytes) -> Any:
        file = SimpleUploadedFile("v.mp4", content)
        return client.post(at + "recording/signed/", {
            "signed-file": file, "signed-recorded_by": "Noa Levi"})  # fmt: skip

    assert upload(b"no film at all").status_code == 422
    assert upload(MP4).status_code == 302
    assert "Signed by Noa Levi" in client.get(at).content.decode()
    assert "Waiting for somebody" in client.get(reverse("letter_formats:letters")).content.decode()
    case_page = client.get(reverse("complaints:case", args=[row.case_id])).content.decode()
    assert "Letters in other formats" in case_page
    script = client.get(at + "file/script/")
    assert PARTS["contact_person"] in script.content.decode()
    other = signed_in(staff("nurse_manager", places=[other_place]))
    assert other.get(at).status_code == 404


def test_patient_chooses_formats_and_tone_on_their_own_page(patient: Patient, client: Any) -> None:
    address = link_for(patient=patient)
    assert "Letters" in client.get(address).content.decode()
    client.post(address + "letters/", {"formats": ["large", "audio"], "tone": "formal"})
    client.post(address + "channel/", {"channel": "email"})
    wanted = preference_of(patient.pk)
    assert (wanted.formats, wanted.tone, wanted.channel) == (("large", "audio"), "formal", "email")
    assert "Large print · To listen to · Formal" in client.get(address).content.decode()
