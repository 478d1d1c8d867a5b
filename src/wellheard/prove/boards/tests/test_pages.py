"""The pages as their readers see them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.base.audit.models import AuditRow
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.people.places.actions import add_organisation, add_place, add_site
from wellheard.prove.boards.models import PlaceVisit
from wellheard.prove.effects.actions import note_change
from wellheard.prove.effects.models import Change
from wellheard.understand.facts.slices import Month
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.themes.actions import label_comment


def last_months(count: int) -> list[str]:
    """The whole months before this one, oldest first."""
    this = Month.containing(timezone.localdate())
    months = [this.plus(-n) for n in range(count, 0, -1)]
    return [f"{month.year}-{month.number:02d}" for month in months]


def answered(place: Any, n: int = 40, *, share: float = 0.75, months: int = 12) -> None:
    best = round(n * share)
    for month in last_months(months):
        keep(
            answer(place, month, 9, best, item="rating"),
            answer(place, month, 3, n - best, item="rating"),
        )


def tell(place: Any, actor: Any, text: str, **more: Any) -> Any:
    at = timezone.now() - timedelta(days=1)
    new = NewComment(organisation=place.organisation, place=place, source="card", text=text, **more)
    comment = receive_comment(new, by=actor, at=at)
    label_comment(comment.pk, by=actor, at=at)
    return comment


def page(client: Any, route: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(route, args=args), query)
    assert response.status_code == 200
    return re.sub("[\u2066\u2069]", "", response.content.decode()).replace("\u202f", " ")


@pytest.mark.capability("B21")
def test_place_shows_praise_first_then_what_to_do_then_the_chart(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    answered(place)
    tell(place, actor, "The nurses were wonderful and kind to my mother, thank you")
    tell(place, actor, "I waited four hours and nobody told me anything. Terrible.")
    shown = page(signed_in(staff("nurse_manager", places=[place])), "boards:place", place.pk)
    order = [
        shown.index(words)
        for words in ("wonderful and kind", "I waited four hours", "Overall rating 9 or 10: steady")
    ]
    assert order == sorted(order)
    assert "2 new comments in the last seven days: 1 praise, 1 to put right" in shown
    assert "75 % (n 40, 60–86) gave 9 or 10" in shown


def test_place_counts_what_came_since_the_last_visit(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    user = staff("nurse_manager", places=[place])
    client = signed_in(user)
    page(client, "boards:place", place.pk)
    PlaceVisit.objects.update(seen_at=timezone.now() - timedelta(days=3))
    tell(place, actor, "The nurses were wonderful and kind to my mother, thank you")
    assert "1 new comment since you were last here" in page(client, "boards:place", place.pk)


def test_place_keeps_that_comments_were_read_and_not_their_words(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    tell(place, actor, "The nurses were wonderful and kind to my mother, thank you")
    page(signed_in(staff("nurse_manager", places=[place])), "boards:place", place.pk)
    read = AuditRow.objects.get(action="read", object_kind="place_comments")
    assert (read.object_id, read.details) == (str(place.pk), {"count": 1})


@pytest.mark.capability("M02")
def test_place_with_few_answers_shows_no_figure(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    answered(place, 2)
    answered(other_place)
    client = signed_in(staff("px_specialist"))
    shown = page(client, "boards:place", place.pk)
    assert "too few answers to show a figure yet" in shown
    assert "(n" not in shown
    assert "too few answers" in page(client, "boards:places")


def test_place_of_another_manager_is_refused_and_kept(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    assert client.get(reverse("boards:place", args=[place.pk])).status_code == 403
    assert AuditRow.objects.filter(action="denied", object_id=str(place.pk)).exists()
    assert place.name not in page(client, "boards:places")


def test_place_of_another_organisation_does_not_exist(
    place: Any, staff: Any, signed_in: Any, at: Any, actor: Any
) -> None:
    from wellheard.base.audit.actor import Actor

    other = add_organisation(
        name="Other", slug="other", country="US", jurisdiction="us-hospital",
        zone="America/Chicago", languages=["en"], at=at,
    )  # fmt: skip
    by = Actor.system(other.pk, "test")
    theirs = add_place(add_site(other, name="T", by=by, at=at), name="W", kind="ward", by=by, at=at)
    client = signed_in(staff("executive"))
    for route in ("boards:place", "boards:monday"):
        assert client.get(reverse(route, args=[theirs.pk])).status_code == 404


def test_place_without_comment_rights_shows_no_words(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    tell(place, actor, "The nurses were wonderful and kind to my mother, thank you")
    shown = page(signed_in(staff("front_desk", places=[place])), "boards:place", place.pk)
    assert "wonderful" not in shown
    assert "You do not read comments of this place" in shown


def test_places_are_found_by_name_and_never_ranked(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    answered(place, share=0.2)
    answered(other_place, share=0.9)
    client = signed_in(staff("executive"))
    shown = page(client, "boards:places")
    assert shown.index("Clinic 4") < shown.index("Ward 7")
    found = page(client, "boards:places", q="ward")
    assert "Ward 7" in found and "Clinic 4" not in found
    assert "No place of that name" in page(client, "boards:places", q="moon")


def test_monday_sheet_is_one_page_for_a_huddle(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    answered(place)
    tell(place, actor, "The nurses were wonderful and kind to my mother, thank you")
    shown = page(signed_in(staff("nurse_manager", places=[place])), "boards:monday", place.pk)
    for heading in ("Say thank you", "What is new", "Due in two days", "Is it getting better?"):
        assert heading in shown
    assert "One thing we will do this week" in shown


@pytest.mark.parametrize(
    ("role", "lands"),
    [("nurse_manager", "boards:place"), ("front_desk", "boards:place"), ("executive", None)],
)
def test_home_is_what_belongs_to_the_role(
    place: Any, staff: Any, signed_in: Any, role: str, lands: str | None
) -> None:
    places = None if role == "executive" else [place]
    response = signed_in(staff(role, places=places)).get(reverse("boards:home"))
    if role == "nurse_manager":
        assert response.url == reverse("boards:place", args=[place.pk])
    elif role == "front_desk":
        assert response.url == reverse("boards:places")
    else:
        assert "How patients find us" in response.content.decode()


def test_overview_is_not_for_one_ward(place: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("nurse_manager", places=[place]))
    assert client.get(reverse("boards:overview")).status_code == 403
    assert client.get(reverse("boards:measure", args=["rating"])).status_code == 403


@pytest.mark.capability("M02")
def test_measure_sets_groups_side_by_side_without_the_small_ones(
    place: Any, staff: Any, signed_in: Any
) -> None:
    quarter = Month.containing(timezone.localdate()).quarter.plus(-2)
    month = f"{quarter.year}-{quarter.number:02d}"
    keep(
        answer(place, month, 9, 40, item="rating", language="en"),
        answer(place, month, 9, 30, item="rating", language="es"),
        answer(place, month, 9, 7, item="rating", language="ar"),
    )
    shown = page(signed_in(staff("analyst")), "boards:measure", "rating", by="language")
    assert "English" in shown and "n 40" in shown
    assert "Arabic" not in shown and "Spanish" not in shown
    assert "would give them away, are left out" in shown


def test_change_is_noted_judged_and_taken_back(place: Any, staff: Any, signed_in: Any) -> None:
    months = last_months(12)
    for month in months[:6]:
        keep(answer(place, month, 9, 40, item="rating"), answer(place, month, 3, 60, item="rating"))
    for month in months[6:]:
        keep(answer(place, month, 9, 70, item="rating"), answer(place, month, 3, 30, item="rating"))
    client = signed_in(staff("nurse_manager", places=[place]))
    begun = {"what": "Two nurses at the desk", "started_on": f"{months[5]}-20", "measure": "rating"}
    client.post(reverse("effects:note", args=[place.pk]), begun)
    shown = page(client, "boards:place", place.pk)
    assert "Two nurses at the desk" in shown and "better since" in shown
    assert "Before 40 % (n 500, 36–44), after 70 % (n 600, 66–74): +30 points (24–35)" in shown
    client.post(reverse("effects:withdraw", args=[Change.objects.get().pk]))
    assert "Two nurses at the desk" not in page(client, "boards:place", place.pk)


def test_change_that_is_still_to_come_is_refused_in_words(
    place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[place]))
    later = (timezone.localdate() + timedelta(days=5)).isoformat()
    response = client.post(
        reverse("effects:note", args=[place.pk]), {"what": "X", "started_on": later}, follow=True
    )
    assert "A change can be noted from the day it begins" in response.content.decode()
    assert not Change.objects.exists()


def test_change_at_another_place_is_refused(
    place: Any, other_place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    today = timezone.localdate().isoformat()
    given = {"what": "X", "started_on": today}
    assert client.post(reverse("effects:note", args=[place.pk]), given).status_code == 403
    change = note_change(
        place, what="Y", started_on=timezone.localdate(), by=actor, at=timezone.now()
    )
    assert client.post(reverse("effects:withdraw", args=[change.pk])).status_code == 403
