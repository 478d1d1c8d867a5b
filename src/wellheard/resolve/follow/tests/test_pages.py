"""The complaint form and the follow page, in three languages, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.queries import rows_about
from wellheard.channels.outbox.queries import messages_about
from wellheard.resolve.complaints.actions.closing import close_case
from wellheard.resolve.complaints.actions.working import add_note, record_safety_review
from wellheard.resolve.complaints.models import Case, HandlingRating
from wellheard.resolve.complaints.tests.conftest import *  # noqa: F403  (its fixtures)
from wellheard.resolve.complaints.tests.working import make_ready
from wellheard.resolve.follow.models import ComplaintDraft, DoorTry
from wellheard.resolve.follow.panels import case_of_card
from wellheard.resolve.follow.rules.codes import code_of

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def visitor() -> Client:
    return Client(enforce_csrf_checks=False)


def text(response: Any) -> str:
    return str(response.content.decode())


def written(visitor: Client, language: str, place: Any, **changes: str) -> str:
    """Walk the form up to its check page; the address of that page."""
    begun = visitor.post(f"/{language}/complaint/").url
    base = begun.removesuffix("about/")
    pages: dict[str, dict[str, Any]] = {
        "about": {"subjects": ["care", "harm"], "place": str(place.pk)},
        "story": {"text": "Nobody came when I rang.", "wish": "An apology"},
        "who": {"complainant": "patient", "name": "Ana Example", "preferred_name": "Ana"},
        "contact": {"way": "email", "email": "ana@example.org", "language": language},
        "files": {"go": "yes"},
    }
    for step, answers in pages.items():
        response = visitor.post(f"{base}{step}/", answers | changes)
        assert response.status_code == 302, (step, text(response))
    return f"{base}check/"


@pytest.mark.capability("C01")
@pytest.mark.parametrize(
    ("language", "thanks"),
    [
        ("en", "Thank you for telling us"),
        ("es", "Gracias por contárnoslo"),
        ("ar", "شكراً لأنك أخبرتنا"),
    ],
)
def test_form_becomes_a_case_with_an_acknowledgement_in_the_same_language(
    visitor: Client, place: Any, officer: Any, policy: Any, language: str, thanks: str
) -> None:
    check = written(visitor, language, place)
    sent = visitor.post(check, follow=True)
    case = Case.objects.get()
    page = text(sent)
    assert (case.language, case.channel, case.klass) == (language, "complaint_form", "grievance")
    assert case.reference in page
    assert code_of(case.secret) in page
    assert "State Health Office" in page
    message = messages_about(("case", str(case.pk))).get()
    assert thanks in message.body
    assert {row.way for row in case.acknowledgements.all()} == {"page", "message"}
    assert case.perspectives.get().wish == "An apology"


def test_sending_twice_gives_one_case_and_the_same_page(
    visitor: Client, place: Any, officer: Any
) -> None:
    check = written(visitor, "en", place)
    first = visitor.post(check, follow=True)
    second = visitor.post(check, follow=True)
    assert text(first) == text(second)
    assert Case.objects.count() == 1


@pytest.mark.capability("C01")
def test_somebody_speaks_for_another(visitor: Client, place: Any, officer: Any) -> None:
    check = written(visitor, "en", place, complainant="representative", about_name="Luis Example")
    visitor.post(check)
    case = Case.objects.get()
    assert (case.complainant, case.about_name) == ("representative", "Luis Example")
    assert case.patient is not None
    assert case.patient.name == "Ana Example"


def test_answers_are_still_there_after_going_back(visitor: Client, place: Any) -> None:
    check = written(visitor, "en", place)
    page = text(visitor.get(check.replace("check/", "story/")))
    assert "Nobody came when I rang." in page
    assert "Nobody came when I rang." in text(visitor.get(check))


def test_changing_one_answer_leads_back_to_the_check(visitor: Client, place: Any) -> None:
    check = written(visitor, "en", place)
    answer = visitor.post(check.replace("check/", "story/?from=check"), {"text": "Changed"})
    assert answer.url == check
    assert "Changed" in text(visitor.get(check))


@pytest.mark.parametrize(
    ("step", "bad", "words"),
    [
        ("story", {"text": " "}, "Write what happened. A few words are enough."),
        ("story", {"text": "x" * 10_001}, "This is too long"),
        ("who", {}, "Choose who you are."),
        ("contact", {"way": "email", "email": "ana@", "language": "en"}, "like name@example.org"),
        ("contact", {"way": "sms", "phone": "12", "language": "en"}, "Write your mobile number"),
    ],
)
def test_error_is_summed_up_linked_and_repeated_beside_the_field(
    visitor: Client, organisation: Any, step: str, bad: dict[str, str], words: str
) -> None:
    base = visitor.post("/en/complaint/").url.removesuffix("about/")
    page = visitor.post(f"{base}{step}/", bad)
    assert page.status_code == 422
    assert re.search(r"<title>\s*Error: ", text(page))
    assert "There is a problem" in text(page)
    assert text(page).count(words) == 2
    assert re.search(r'<li><a href="#id_\w+">', text(page))


def test_file_is_added_removed_and_sent_with_the_complaint(
    visitor: Client, place: Any, officer: Any
) -> None:
    files = written(visitor, "en", place).replace("check/", "files/")
    for name in ("a.pdf", "b.pdf"):
        upload = SimpleUploadedFile(name, PDF)
        assert visitor.post(files, {"file": upload, "add": "yes"}).status_code == 302
    page = text(visitor.get(files))
    first = re.search(r'name="remove" value="(\d+)"', page)
    assert first is not None
    visitor.post(files, {"remove": first[1]})
    visitor.post(files.replace("files/", "check/"))
    assert [file.name for file in Case.objects.get().casefiles.all()] == ["b.pdf"]


def test_program_dressed_as_a_picture_is_refused_with_words(visitor: Client, place: Any) -> None:
    files = written(visitor, "en", place).replace("check/", "files/")
    page = visitor.post(files, {"file": SimpleUploadedFile("photo.jpg", b"MZ\x90"), "add": "yes"})
    assert page.status_code == 422
    assert "We can take JPEG or PNG pictures" in text(page)


def test_what_is_being_written_lies_sealed_and_goes_after_a_day(
    visitor: Client, place: Any, now: datetime
) -> None:
    from wellheard.resolve.follow.tasks import forget_visits

    check = written(visitor, "en", place)
    assert "Nobody came" not in ComplaintDraft.objects.get().sealed
    forget_visits(now + timedelta(hours=20))
    assert visitor.get(check).status_code == 200
    forget_visits(now + timedelta(hours=25))
    assert visitor.get(check).status_code == 404


@pytest.mark.parametrize("step", ["about", "story", "who", "contact", "files", "check", "sent"])
def test_guessed_address_opens_nothing(visitor: Client, step: str) -> None:
    assert visitor.get(f"/en/complaint/guess/{step}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_follow_page_opens_in_each_language(visitor: Client, opened: Opened, language: str) -> None:
    case = opened()
    page = text(visitor.get(f"/{language}/follow/{case.secret}/"))
    assert case.reference in page
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page


@pytest.mark.capability("P09")
def test_person_follows_a_case_from_end_to_end_without_help(
    visitor: Client, opened: Opened, by_officer: Actor, now: datetime
) -> None:
    case = opened(at=now)
    base = f"/en/follow/{case.secret}/"
    assert "You will hear from us by" in text(visitor.get(base))
    visitor.post(f"{base}addition/", {"addition-text": "My glasses are lost."})
    assert case.said.filter(part="addition").count() == 1
    make_ready(case, by_officer, now)
    page = text(visitor.get(base))
    assert "The bell rang for 31 minutes." in page
    close_case(case_id=case.pk, reason="satisfied", by=by_officer, at=now)
    rating = {"rating-respect": "5", "rating-process": "4", "rating-outcome": "4"}
    assert "done=rating" in visitor.post(f"{base}rating/", rating).url
    assert visitor.post(f"{base}rating/", rating).status_code == 422
    assert HandlingRating.objects.get().respect == 5
    visitor.post(f"{base}reopening/", {"reopening-why": "Still no answer to the bell."})
    case.refresh_from_db()
    assert case.is_open
    visitor.post(f"{base}withdrawal/", {"withdrawal-why": "It is enough."})
    case.refresh_from_db()
    assert case.ending == "withdrawn"


def test_notes_of_the_team_are_never_shown(
    visitor: Client, opened: Opened, by_officer: Actor, now: datetime
) -> None:
    case = opened()
    add_note(case_id=case.pk, words="internal-canary", by=by_officer, at=now)
    record_safety_review(
        case_id=case.pk, safe_now=True, done="review-canary", by=by_officer, at=now
    )
    assert "canary" not in text(visitor.get(f"/en/follow/{case.secret}/"))


@pytest.mark.capability("N02")
def test_list_of_looks_equals_the_audit_trail(
    visitor: Client, opened: Opened, signed_in: Callable[[Any], Any], officer: Any
) -> None:
    case = opened()
    browser = signed_in(officer)
    browser.get(f"/staff/cases/{case.pk}/")
    browser.get(f"/staff/inbox/?case={case.pk}")
    page = text(visitor.get(f"/en/follow/{case.secret}/"))
    rows = rows_about(case.organisation_id, "resolve.case", str(case.pk))
    reads = [row for row in rows if row.action == "read"]
    assert page.count(f"<bdi>{officer.name}</bdi>, complaints officer") == 2
    assert page.count("This page, opened with your link or code") == 1
    assert len(reads) == 3


def test_wrong_secret_is_answered_kindly_and_counted(visitor: Client, organisation: Any) -> None:
    page = visitor.get("/en/follow/wrong/")
    assert page.status_code == 404
    assert "We do not know this address" in text(page)
    assert DoorTry.objects.filter(door="follow", ok=False).count() == 1


def test_reference_and_code_open_the_page(visitor: Client, opened: Opened) -> None:
    case = opened()
    typed = {"reference": case.reference.lower(), "code": code_of(case.secret).lower()}
    assert visitor.post("/en/follow/", typed).url == f"/en/follow/{case.secret}/"


def test_wrong_code_says_the_same_whether_the_reference_exists(
    visitor: Client, opened: Opened
) -> None:
    case = opened()
    known = visitor.post("/en/follow/", {"reference": case.reference, "code": "AAAA-AAAA"})
    unknown = visitor.post("/en/follow/", {"reference": "C-22222222", "code": "AAAA-AAAA"})
    assert known.status_code == unknown.status_code == 422
    plain = [re.sub(r'value="[^"]*"', "", text(page)) for page in (known, unknown)]
    assert plain[0] == plain[1]


def test_guessing_codes_is_stopped(visitor: Client, opened: Opened) -> None:
    case = opened()
    wrong = {"reference": case.reference, "code": "AAAA-AAAA"}
    answers = [visitor.post("/en/follow/", wrong).status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2
    right = {"reference": case.reference, "code": code_of(case.secret)}
    assert visitor.post("/en/follow/", right).status_code == 429


def test_guessing_one_reference_from_many_places_is_stopped(
    visitor: Client, opened: Opened
) -> None:
    case = opened()
    wrong = {"reference": case.reference, "code": "AAAA-AAAA"}
    for number in range(11):
        visitor.post("/en/follow/", wrong, REMOTE_ADDR=f"10.0.0.{number}")
    right = {"reference": case.reference, "code": code_of(case.secret)}
    assert visitor.post("/en/follow/", right, REMOTE_ADDR="10.0.1.1").status_code == 422


@pytest.mark.parametrize("bad", ["x" * 50_000, "<script>alert(1)</script>", "a\x00b", "🙂" * 50])
def test_bad_input_gets_a_clear_answer_and_nothing_is_lost(
    visitor: Client, opened: Opened, bad: str
) -> None:
    case = opened()
    answer = visitor.post(f"/en/follow/{case.secret}/addition/", {"addition-text": bad})
    assert answer.status_code in {302, 422}
    page = text(visitor.get(f"/en/follow/{case.secret}/"))
    assert "<script>alert" not in page


def test_card_leads_its_sender_to_the_page_of_the_case(opened: Opened, rf: Any) -> None:
    case = opened()
    assert case.secret in case_of_card(rf.get("/en/c/follow/x/"), case.comment)
