"""Print runs, scans, checks and what becomes of them, on a real database."""

from __future__ import annotations

import re
from datetime import timedelta

import cv2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from wellheard.base.audit.actor import Actor
from wellheard.base.jobs.worker import Worker
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.actions import draw_wave, record_answer
from wellheard.listen.sampling.models import ModeStep, SampleMember
from wellheard.listen.sampling.queries import work_list
from wellheard.listen.sampling.tests.conftest import (  # noqa: F401
    FEBRUARY,
    NOW,
    colleagues,
    discharges,
    running,
)
from wellheard.listen.sheets import views
from wellheard.listen.sheets.actions import (
    KeyedBeforeError,
    SheetUsedError,
    finish,
    key_check,
    key_sheet,
    picture_of,
    take_in,
)
from wellheard.listen.sheets.layout import Layout
from wellheard.listen.sheets.models import ScanFile, ScannedPage, Sheet, SheetCheck, SheetRun
from wellheard.listen.sheets.runs import make_run, make_runs_of_steps, pdf_of
from wellheard.listen.sheets.scans import bring_scan, read_brought
from wellheard.listen.sheets.tests import marking as m

pytestmark = pytest.mark.django_db
CROSSES = {"rating": 9, "recommend": 10, "nurse_listen": 4, "nurse_explain": 3}


@pytest.fixture
def run(place, actor):
    return make_run(
        place=place, instrument_code="pulse", language="en", size=12, paper="a4", count=2,
        by=actor, at=NOW,
    )  # fmt: skip


@pytest.fixture
def people(staff):
    users = [staff("px_specialist") for _ in range(3)]
    return [Actor("staff", str(user.pk), user.organisation_id, user.name) for user in users]


def filled(run, sheet=0, crosses=CROSSES, words=True):
    """The pages of one sheet of the run, filled in."""
    layout = Layout.read(run.layout)
    pages = m.pages_of(pdf_of(run))[sheet * layout.pages : (sheet + 1) * layout.pages]
    where = {(s.code, s.value): s.page for s in layout.spots}
    for code, value in crosses.items():
        page = where[code, value]
        m.mark(pages[page - 1], layout, code, value, page=page)
    if words:
        page = where["comment", 0]
        m.mark(pages[page - 1], layout, "comment", 0, page=page, how="write")
    return pages


def scan(pages, actor, *, came_at=NOW, name="scan.tiff"):
    return take_in(
        m.tiff(pages), name=name, sheets=Sheet.objects.all(), came_at=came_at, by=actor, at=NOW
    )


def outcomes(file):
    return list(file.pages.values_list("outcome", flat=True))


@pytest.mark.capability("B03")
def test_scanned_sheet_equals_keyed_sheet(run, people):
    second = run.sheets.last()
    pages = filled(run)
    file = scan([cv2.rotate(pages[2], cv2.ROTATE_180), m.turned(pages[0], 2), pages[1]], people[0])
    assert outcomes(file) == ["read"] * 3 and not Response.objects.exists()
    check = SheetCheck.objects.get()
    assert check.why == "words" and picture_of(check).startswith(b"\x89PNG")
    key_check(check, "The night nurse was kind", by=people[0], at=NOW)
    key_sheet(
        second, {**CROSSES, "comment": "The night nurse was kind"}, came_at=NOW, by=people[1],
        at=NOW,
    )  # fmt: skip
    scanned, keyed = Response.objects.order_by("pk")
    same = ("answers", "mode", "language", "place_id", "version", "received_at", "complete")
    assert [getattr(scanned, name) for name in same] == [getattr(keyed, name) for name in same]
    assert scanned.answers == CROSSES and scanned.mode == "paper"
    words = Comment.objects.values_list("text", "source", "response_id", "question")
    assert {row[:2] for row in words} == {("The night nurse was kind", "survey")}
    assert {row[2] for row in words} == {scanned.pk, keyed.pk}
    check.refresh_from_db()
    assert picture_of(check) == b"" and check.value == ""


@pytest.mark.capability("B03")
def test_code_cannot_be_used_twice(run, people):
    pages = filled(run, words=False)
    scan(pages, people[0])
    assert Response.objects.count() == 1
    again = scan([pages[0], filled(run, crosses={"rating": 1}, words=False)[0]], people[0])
    assert outcomes(again) == ["again", "differs"]
    sheet = run.sheets.first()
    with pytest.raises(SheetUsedError):
        key_sheet(sheet, {"rating": 1}, came_at=NOW, by=people[0], at=NOW)
    assert Response.objects.get().answers == CROSSES
    other = run.sheets.last()
    key_sheet(other, {"rating": 5}, came_at=NOW, by=people[0], at=NOW)
    assert outcomes(scan(filled(run, 1, words=False)[:1], people[0])) == ["finished"]


def test_page_scanned_twice_in_one_file_counts_once_and_an_unknown_one_not_at_all(run, people):
    pages = filled(run, words=False)
    blank = pages[0].copy()
    blank[:] = 255
    file = scan([pages[0], pages[0], blank], people[0])
    assert outcomes(file) == ["read", "again", "no_code"]
    Sheet.objects.filter(pk=run.sheets.first().pk).update(code="ZZZZ2222")
    assert outcomes(scan(pages[1:2], people[0])) == ["unknown"]
    assert not Response.objects.exists()


@pytest.mark.capability("B03")
def test_doubtful_mark_is_keyed_by_two_people_and_a_third_decides(run, people):
    layout = Layout.read(run.layout)
    pages = filled(run, words=False)
    m.mark(pages[0], layout, "nurse_listen", 1, page=1)
    scan(pages, people[0])
    check = SheetCheck.objects.get()
    assert (check.code, check.why) == ("nurse_listen", "double")
    key_check(check, "4", by=people[0], at=NOW)
    with pytest.raises(KeyedBeforeError):
        key_check(check, "4", by=people[0], at=NOW)
    key_check(check, "", by=people[1], at=NOW)
    assert not Response.objects.exists()
    key_check(check, "4", by=people[2], at=NOW)
    assert Response.objects.get().answers == CROSSES


def test_sheet_with_a_missing_page_waits_until_somebody_says_it_is_all(run, people):
    scan(filled(run, words=False)[:1], people[0])
    sheet = run.sheets.first()
    assert finish(sheet, by=people[0], at=NOW).finished_at is None
    finish(sheet, as_it_is=True, by=people[0], at=NOW)
    response = Response.objects.get()
    assert not response.complete and response.answers["rating"] == 9


@pytest.mark.capability("B03")
@pytest.mark.parametrize(("days", "outcome"), [(48, "counted"), (50, "late")])
def test_late_sheet_counts_within_its_window_and_its_words_are_heard_after_it(
    run, people, days, outcome
):
    sheet = run.sheets.first()
    raw = {**CROSSES, "comment": "Nobody told me anything"}
    key_sheet(sheet, raw, came_at=NOW + timedelta(days=days), by=people[0], at=NOW)
    sheet.refresh_from_db()
    assert sheet.outcome == outcome
    assert Response.objects.count() == (outcome == "counted")
    assert Comment.objects.get().source == ("survey" if outcome == "counted" else "paper")


@pytest.fixture
def paper_steps(discharges, running, colleagues):  # noqa: F811
    """Three drawn people whose first way is paper, one of them in Spanish."""
    discharges(2, contact=False, consent=False)
    discharges(1, start=2, contact=False, consent=False, language="es")
    draw_wave(running(size=3), FEBRUARY, by=colleagues[1], at=NOW)
    ModeStep.objects.update(mode="paper", due_at=NOW)
    return list(work_list(ModeStep.objects.first().organisation_id, "paper", now=NOW))


def test_due_steps_are_printed_by_language_and_an_answer_stops_the_asking(paper_steps, people):
    runs = make_runs_of_steps(paper_steps, size=12, paper="letter", by=people[0], at=NOW)
    assert sorted((r.language, r.sheets.count()) for r in runs) == [("en", 2), ("es", 1)]
    assert not make_runs_of_steps(paper_steps, size=12, paper="letter", by=people[0], at=NOW)
    assert set(ModeStep.objects.filter(number=1).values_list("outcome", flat=True)) == {"done"}
    sheet = next(r for r in runs if r.language == "es").sheets.get()
    key_sheet(sheet, CROSSES, came_at=NOW, by=people[0], at=NOW)
    member = SampleMember.objects.get(pk=sheet.step.member.pk)
    assert member.ended_as == "answered" and member.invitation.response_id
    assert Response.objects.get().language == "es"


def test_second_answer_of_a_person_is_not_counted_but_its_words_are_heard(paper_steps, people):
    (run, *_) = make_runs_of_steps(paper_steps, size=18, paper="a4", by=people[0], at=NOW)
    sheet = run.sheets.first()
    other = make_run(
        place=sheet.place, instrument_code="pulse", language="en", size=12, paper="a4", count=1,
        by=people[0], at=NOW,
    ).sheets.get()  # fmt: skip
    answered = key_sheet(other, CROSSES, came_at=NOW, by=people[0], at=NOW).response
    record_answer(sheet.step.member, answered, by=people[0], at=NOW)
    raw = {**CROSSES, "comment": "Also this"}
    sheet = key_sheet(Sheet.objects.get(pk=sheet.pk), raw, came_at=NOW, by=people[0], at=NOW)
    assert sheet.outcome == "second" and Response.objects.count() == 1
    assert Comment.objects.get().text == "Also this"


# -- pages


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(views.timezone, "now", lambda: NOW)
    monkeypatch.setattr(views.timezone, "localdate", NOW.date)


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_run_is_made_printed_scanned_checked_and_counted_on_pages(place, staff, signed_in, people):
    client = signed_in(staff("px_specialist"))
    answer = client.post(
        reverse("sheets:new"),
        {"place": place.pk, "instrument": "pulse", "language": "en", "size": "12",
         "paper": "a4", "count": "1"},
    )  # fmt: skip
    run = SheetRun.objects.get()
    assert answer.url == reverse("sheets:run", args=[run.pk])
    assert client.get(reverse("sheets:pdf", args=[run.pk])).content.startswith(b"%PDF")
    listed = client.get(reverse("sheets:list", args=[run.pk])).content.decode()
    sheet = run.sheets.get()
    assert sheet.code in listed
    layout = Layout.read(run.layout)
    pages = filled(run, words=False)
    m.mark(pages[0], layout, "nurse_listen", 1, page=1)
    upload = SimpleUploadedFile("Scan 1.tiff", m.tiff(pages), "image/tiff")
    answer = client.post(reverse("sheets:scan"), {"file": upload, "came_on": "2026-03-04"})
    assert "A moment, please" in client.get(answer.url).content.decode()
    assert not ScannedPage.objects.exists() and bytes(ScanFile.objects.get().content)
    Worker().drain()
    assert bytes(ScanFile.objects.get().content) == b"", "the file itself is not kept"
    page = text_of(client.get(answer.url))
    assert "3 pages were read" in page and "1 question has to be looked at" in page
    check = SheetCheck.objects.get()
    address = reverse("sheets:check", args=[check.pk])
    assert client.get(reverse("sheets:checks")).url == address
    assert "How often did nurses listen" in text_of(client.get(address))
    picture = client.get(reverse("sheets:picture", args=[check.pk]))
    assert picture.content.startswith(b"\x89PNG") and "no-store" in picture["Cache-Control"]
    assert client.post(address, {"value": "9"}).status_code == 422
    assert client.post(address, {"value": "4"}).status_code == 302
    assert "Nothing waits for you" in text_of(client.get(reverse("sheets:checks")))
    key_check(check, "4", by=people[0], at=NOW)
    page = text_of(client.get(reverse("sheets:run", args=[run.pk])))
    assert "counted" in page and Response.objects.get().answers == CROSSES
    assert "Came back 1" in text_of(client.get(reverse("sheets:sheets")))


def test_sheet_is_keyed_by_hand_on_a_page(run, staff, signed_in):
    client = signed_in(staff("px_specialist"))
    sheet = run.sheets.first()
    answer = client.post(reverse("sheets:find"), {"code": sheet.code.lower()})
    assert answer.url == reverse("sheets:key", args=[sheet.pk])
    assert "How was your care overall?" in text_of(client.get(answer.url))
    wrong = client.post(answer.url, {"came_on": "2026-03-04", "rating": "11"})
    assert wrong.status_code == 422 and not Response.objects.exists()
    client.post(answer.url, {"came_on": "2026-03-04", **CROSSES, "comment": "Kind people"})
    assert Response.objects.get().answers == CROSSES
    assert Comment.objects.get().text == "Kind people"
    assert client.post(reverse("sheets:find"), {"code": "NOSUCH22"}).status_code == 422
    used = client.get(answer.url)
    assert used.status_code == 409


@pytest.mark.parametrize("content", [b"GIF89a", b"%PDF-1.4 not really"])
def test_file_that_is_no_scan_is_kindly_refused(run, staff, signed_in, content):
    upload = SimpleUploadedFile("x.pdf", content)
    answer = signed_in(staff("px_specialist")).post(
        reverse("sheets:scan"), {"file": upload, "came_on": "2026-03-04"}
    )
    assert answer.status_code == 422 and "PNG, JPEG, TIFF or PDF" in answer.content.decode()
    assert not ScannedPage.objects.exists()


def test_file_that_turns_out_to_be_no_scan_says_so_on_its_page(run, staff, signed_in):
    client = signed_in(staff("px_specialist"))
    upload = SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n and nothing more")
    answer = client.post(reverse("sheets:scan"), {"file": upload, "came_on": "2026-03-04"})
    Worker().drain()
    page = client.get(answer.url).content.decode()
    assert "It could not be read" in page and "PNG, JPEG, TIFF or PDF" in page
    assert not ScannedPage.objects.exists()


def test_scan_that_is_read_twice_counts_once(run, people):
    pages = filled(run, words=False)
    scan = bring_scan(m.tiff(pages), name="s.tiff", came_at=NOW, by=people[0], at=NOW)
    for _ in range(2):
        read_brought(scan.pk, clock=lambda: NOW)
    assert outcomes(scan) == ["read"] * 3 and Response.objects.count() == 1


def test_due_steps_are_printed_with_one_button(paper_steps, staff, signed_in):
    client = signed_in(staff("px_specialist"))
    assert "3 people are due" in text_of(client.get(reverse("sheets:sheets")))
    client.post(reverse("sheets:due"), {"size": "18"})
    assert Sheet.objects.count() == 3
    assert "are due" not in text_of(client.get(reverse("sheets:sheets")))


def test_sheets_of_other_places_are_unknown(run, other_place, staff, signed_in, people):
    pages = filled(run, words=False)[:1]
    nurse = staff("nurse_manager", places=[other_place])
    client = signed_in(nurse)
    upload = SimpleUploadedFile("s.png", m.png(pages[0]))
    client.post(reverse("sheets:scan"), {"file": upload, "came_on": "2026-03-04"})
    Worker().drain()
    assert ScannedPage.objects.get().outcome == "unknown"
    sheet = run.sheets.first()
    assert client.get(reverse("sheets:key", args=[sheet.pk])).status_code == 404
    assert client.get(reverse("sheets:run", args=[run.pk])).status_code == 404
