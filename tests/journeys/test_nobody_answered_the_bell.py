"""A patient on ward 7 tells that nobody answered the bell; it becomes owned, answered and seen.

The golden path, steps 1 to 5 of the first walk, in three languages, from the card's QR address
to the ward's page, in a real browser.
"""

from dataclasses import dataclass

import pytest

from tests.journeys.reading import assert_readable
from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.models import Comment
from wellheard.people.patients.models import Patient
from wellheard.resolve.complaints.models import Case
from wellheard.understand.facts.models import Fact
from wellheard.understand.themes.models import ThemeLabel

pytestmark = [pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Voice:
    language: str
    story: str
    phone: str
    direction: str = "ltr"


VOICES = [
    Voice("en", "Nobody answered the bell, I felt unsafe.", "312-555-0101"),
    Voice("es", "Nadie contestó el timbre, me sentí insegura.", "312-555-0102"),
    Voice("ar", "لم يستجب أحد للجرس ولم أشعر بالأمان.", "312-555-0103", "rtl"),
]


def go_on(page):
    """Press the page's one strong button."""
    page.locator("form[method=post] .actions button:not(.second):not(.quiet)").first.click()


def fill_the_card(page, place, voice, *, look=assert_readable):
    """One question, the story, "may we reply?", check, send."""
    page.goto(f"/c/{place.code}")
    assert page.url.endswith(f"/{voice.language}/c/{place.code}/")
    assert page.locator("html").get_attribute("dir") == voice.direction
    look(page)
    page.locator("input[name=rating][value='2']").check()
    go_on(page)
    look(page)
    page.locator("textarea").first.fill(voice.story)
    go_on(page)
    look(page)
    page.locator("input[type=radio][value=sms]").check()
    go_on(page)
    look(page)
    page.locator("input[type=tel]").fill(voice.phone)
    go_on(page)
    assert voice.story in page.locator("main").inner_text()
    look(page)
    go_on(page)
    look(page)
    return page.locator(".reference").inner_text().strip()


@pytest.mark.capability("B07")
@pytest.mark.capability("C19")
@pytest.mark.capability("E01")
@pytest.mark.parametrize("voice", VOICES, ids=lambda v: v.language)
def test_card_becomes_a_case_with_an_owner_and_an_answer_in_the_patients_language(
    voice, open_page, signed_page, place, staff, work
):
    staff("grievance_officer")
    staff("px_specialist")
    manager = staff("nurse_manager", places=[place])

    page = open_page(width=390, language=voice.language)
    reference = fill_the_card(page, place, voice)
    work()

    comment = Comment.objects.get(reference=reference)
    assert comment.text == voice.story
    assert comment.language == voice.language
    assert Fact.objects.filter(comment_id=comment.pk, item="card.rating").count() == 1
    themes = set(ThemeLabel.objects.filter(comment=comment).values_list("theme", flat=True))
    assert "call_bell" in themes
    case = Case.objects.get(comment=comment)
    assert case.owner_id is not None
    assert case.clocks.exists()

    message = Message.objects.get(about_kind="case", about_id=str(case.pk))
    assert message.language == voice.language
    assert reference in message.body

    ward = signed_page(manager)
    ward.goto("/staff/")
    assert_readable(ward)
    ward.goto(f"/staff/places/{place.pk}/")
    assert place.name in ward.locator("h1").inner_text()
    assert voice.story in ward.locator("main").inner_text()
    assert_readable(ward)
    ward.goto("/staff/inbox/")
    assert reference in ward.locator("main").inner_text()
    assert_readable(ward)
    assert Patient.objects.count() == 1


@pytest.mark.capability("B08")
@pytest.mark.parametrize("voice", VOICES, ids=lambda v: v.language)
def test_card_works_without_scripts_at_320_pixels_in_the_dark(voice, open_page, place, staff):
    staff("grievance_officer")
    page = open_page(width=320, dark=True, language=voice.language, scripts=False)
    # Without scripts axe cannot run inside the page either: the width is what is looked at.
    reference = fill_the_card(page, place, voice, look=lambda _: None)
    assert Comment.objects.get(reference=reference).text == voice.story


@pytest.mark.any_database
@pytest.mark.parametrize("voice", VOICES, ids=lambda v: v.language)
def test_card_is_readable_by_machine_at_320_pixels_in_the_dark(voice, open_page, place, staff):
    staff("grievance_officer")
    page = open_page(width=320, dark=True, language=voice.language)
    fill_the_card(page, place, voice)


def test_anonymous_card_leaves_no_cookie_and_no_address(open_page, place):
    page = open_page()
    page.goto(f"/c/{place.code}")
    page.locator("input[name=rating][value='5']").check()
    go_on(page)
    page.locator("textarea").first.fill("Everybody was kind.")
    go_on(page)
    page.locator("input[type=radio][value=no]").check()
    go_on(page)
    go_on(page)
    reference = page.locator(".reference").inner_text().strip()
    assert page.context.cookies() == []
    comment = Comment.objects.get(reference=reference)
    assert comment.patient is None
    stored = " ".join(str(value) for value in vars(comment).values())
    assert "127.0.0.1" not in stored
    assert "Mozilla" not in stored


def test_card_keeps_what_was_typed_when_the_reader_changes_the_language(open_page, place):
    page = open_page()
    page.goto(f"/c/{place.code}")
    page.locator("input[name=rating][value='4']").check()
    go_on(page)
    page.locator("textarea").first.fill("Kind, but slow.")
    go_on(page)
    page.get_by_role("link", name="Español").click()
    assert "/es/c/" in page.url
    page.go_back()
    page.go_back()
    assert page.locator("textarea").first.input_value() == "Kind, but slow."


def test_card_can_be_filled_in_with_the_keyboard_alone(open_page, place):
    page = open_page(width=1280)
    page.goto(f"/c/{place.code}")
    page.locator("input[name=rating]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/story/**")
    page.locator("textarea").first.focus()
    page.keyboard.type("All by keyboard.")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('form[method=post] button:not([name])')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/reply/**")
