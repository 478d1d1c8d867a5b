"""Themes, their voices, and corrections in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.base.audit.models import AuditRow
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.understand.themes.actions import label_comment
from wellheard.understand.themes.models import Correction, ThemeLabel
from wellheard.understand.themes.panels import comment_panel

BELL = "I rang the call bell many times at night and nobody came. Terrible."


@pytest.fixture
def told(place: Any, actor: Any) -> Any:
    def tell(text: str, at_place: Any = place) -> Any:
        now = timezone.now()
        new = NewComment(organisation=place.organisation, place=at_place, source="card", text=text)
        comment = receive_comment(new, by=actor, at=now)
        label_comment(comment.pk, by=actor, at=now)
        return comment

    return tell


def holding(comment: Any) -> set[str]:
    labels = ThemeLabel.objects.filter(comment=comment, holds=True)
    return set(labels.values_list("theme", flat=True))


def test_themes_are_counted_for_the_places_a_person_reads(
    place: Any, other_place: Any, told: Any, staff: Any, signed_in: Any
) -> None:
    told(BELL)
    mine = signed_in(staff("nurse_manager", places=[other_place]))
    assert "No comments with a theme yet" in mine.get(reverse("themes:themes")).content.decode()
    all_places = signed_in(staff("px_specialist")).get(reverse("themes:themes")).content.decode()
    assert "Call bell and help when asked" in all_places


def test_theme_of_a_place_one_may_not_read_is_refused(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    url = reverse("themes:theme", args=["call_bell"])
    assert client.get(url, {"place": place.pk}).status_code == 403
    assert client.get(reverse("themes:theme", args=["moonlight"])).status_code == 404


def test_rough_words_are_masked_in_quotes_and_stay_with_the_comment(
    place: Any, told: Any, staff: Any, signed_in: Any
) -> None:
    comment = told("Nobody answered the fucking call bell at night. Terrible.")
    client = signed_in(staff("px_specialist"))
    theme = client.get(reverse("themes:theme", args=["call_bell"])).content.decode()
    board = client.get(reverse("boards:place", args=[place.pk])).content.decode()
    for page in (theme, board):
        assert "f••• call bell" in page and "fucking" not in page
    comment.refresh_from_db()
    assert "fucking" in comment.text


def test_theme_shows_masked_words_to_those_who_read_masked(
    told: Any, staff: Any, signed_in: Any
) -> None:
    told("The call bell did not work. Call me on 312 555 0148.")
    url = reverse("themes:theme", args=["call_bell"])
    full = signed_in(staff("px_specialist")).get(url).content.decode()
    masked = signed_in(staff("executive")).get(url).content.decode()
    assert "555 0148" in full
    assert "555 0148" not in masked and "The call bell did not work" in masked
    read = AuditRow.objects.filter(action="read", object_id="theme call_bell")
    assert [row.details for row in read] == [{"count": 1}, {"count": 1}]


@pytest.mark.capability("F12")
def test_correction_in_place_is_kept_with_who_and_what(
    told: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    comment = told(BELL)
    user = staff("nurse_manager", places=[place])
    client = signed_in(user)
    client.post(reverse("themes:take", args=[comment.pk, "call_bell"]))
    client.post(reverse("themes:put", args=[comment.pk]), {"theme": "parking"})
    client.post(reverse("themes:sentiment", args=[comment.pk]), {"level": "3"})
    assert "parking" in holding(comment) and "call_bell" not in holding(comment)
    assert Correction.objects.filter(by=f"staff:{user.pk}", by_name=user.name).count() == 3
    shown = client.get(reverse("themes:reading", args=[comment.pk])).content.decode()
    for words in ("Taken away: Call bell", "Added: Parking", "now neutral or mixed"):
        assert words in shown


def test_correction_by_htmx_answers_with_the_panel(
    told: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    comment = told(BELL)
    client = signed_in(staff("nurse_manager", places=[place]))
    response = client.post(
        reverse("themes:put", args=[comment.pk]), {"theme": "parking"}, HTTP_HX_REQUEST="true"
    )
    shown = response.content.decode()
    assert shown.lstrip().startswith("<section") and "Parking" in shown


@pytest.mark.parametrize(
    ("theme", "words"), [("moonlight", "Choose one of the list"), ("call_bell", "already says so")]
)
def test_correction_that_cannot_be_says_why(
    told: Any, place: Any, staff: Any, signed_in: Any, theme: str, words: str
) -> None:
    comment = told(BELL)
    client = signed_in(staff("nurse_manager", places=[place]))
    response = client.post(reverse("themes:put", args=[comment.pk]), {"theme": theme})
    assert response.status_code == 409
    assert words in response.content.decode()


@pytest.mark.parametrize(("role", "status"), [("executive", 403), ("front_desk", 403)])
def test_correction_by_somebody_who_may_not_is_refused(
    told: Any, staff: Any, signed_in: Any, role: str, status: int
) -> None:
    comment = told(BELL)
    client = signed_in(staff(role))
    url = reverse("themes:put", args=[comment.pk])
    assert client.post(url, {"theme": "parking"}).status_code == status
    assert not Correction.objects.exists()


def test_correction_at_another_place_finds_no_comment(
    told: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    comment = told(BELL)
    client = signed_in(staff("nurse_manager", places=[other_place]))
    url = reverse("themes:put", args=[comment.pk])
    assert client.post(url, {"theme": "parking"}).status_code == 404


def test_panel_on_a_comment_says_how_sure_the_machine_is(
    told: Any, place: Any, staff: Any, person_of: Any, rf: Any
) -> None:
    comment = told(BELL)
    request = rf.get("/")
    request.person = person_of(staff("nurse_manager", places=[place]))
    panel = comment_panel(request, comment)
    assert "Call bell and help when asked" in panel and "sure" in panel
    assert comment_panel(request, place) == ""
