"""A week's analysis from the answers to the reader's signature."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.base.audit.actor import Actor
from wellheard.prove.reviews.actions import make_review, notice_missed, sign_review
from wellheard.prove.reviews.models import (
    DigestOpening,
    MissedReview,
    SignOff,
    UnitDigest,
    WeeklyReview,
)
from wellheard.prove.reviews.tasks import review_weeks
from wellheard.understand.facts.slices import Month
from wellheard.understand.facts.tests.factory import answer, keep

MONDAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATTERN = (30, 31, 29, 30, 32, 28, 30, 31, 29, 30, 31, 30, 29)


def answered(place: Any, best: list[int]) -> None:
    first = Month.containing(MONDAY).plus(-len(best))
    for i, count in enumerate(best):
        month = first.plus(i)
        code = f"{month.year}-{month.number:02d}"
        keep(answer(place, code, 4, count), answer(place, code, 1, 50 - count))


@pytest.fixture
def made(place: Any, other_place: Any, staff: Any, actor: Any) -> Any:
    staff("nurse_manager", places=[place])
    staff("nurse_manager", places=[other_place])
    answered(place, [*PATTERN, *[43] * 8])
    answered(other_place, [*PATTERN, *PATTERN[:8]])
    return make_review(place.organisation_id, MONDAY, by=actor, at=MORNING)


@pytest.mark.capability("G09")
def test_review_finds_what_changed_and_stays_silent_elsewhere(made: Any, place: Any) -> None:
    at_places = [f for f in made.findings.all() if f.place_id is not None]
    assert [(f.place_id, f.kind, f.subject) for f in at_places] == [(place.pk, "shift", "quiet")]
    [finding] = at_places
    assert finding.verdict == "better"
    assert "Quiet at night rose about July 2025, from 60 % to 86 %" in finding.says
    assert finding.data["n"] == 50 * 21
    assert made.looked_at == 2


@pytest.mark.capability("G09")
def test_review_of_a_week_is_made_once(made: Any, place: Any, actor: Any) -> None:
    again = make_review(place.organisation_id, MONDAY, by=actor, at=MORNING + timedelta(hours=1))
    assert again.pk == made.pk
    review_weeks(MORNING + timedelta(hours=2))
    assert WeeklyReview.objects.count() == 1


def test_review_a_week_later_says_what_is_new(made: Any, place: Any, actor: Any) -> None:
    later = make_review(
        place.organisation_id,
        MONDAY + timedelta(weeks=1),
        by=actor,
        at=MORNING + timedelta(weeks=1),
    )
    assert made.findings.filter(is_new=False).count() == 0
    assert later.findings.filter(is_new=True).count() == 0
    assert later.digest == made.digest


@pytest.mark.capability("G09")
def test_review_that_nobody_signed_raises_one_alarm(made: Any, actor: Any) -> None:
    soon = made.sign_by - timedelta(minutes=1)
    assert notice_missed(made.organisation_id, by=actor, at=soon) == 0
    assert notice_missed(made.organisation_id, by=actor, at=made.sign_by) == 1
    assert notice_missed(made.organisation_id, by=actor, at=made.sign_by) == 0
    assert MissedReview.objects.get().review_id == made.pk


def test_review_signed_in_time_raises_no_alarm(made: Any, staff: Any, person_of: Any) -> None:
    reader = person_of(staff("executive")).actor
    for _ in range(2):
        sign_review(made.pk, note="Seen", by=reader, at=MORNING)
    assert SignOff.objects.count() == 1
    system = Actor.system(made.organisation_id, "reviews")
    assert notice_missed(made.organisation_id, by=system, at=made.sign_by) == 0


@pytest.mark.capability("G09")
def test_missed_review_stands_on_the_overview_until_somebody_signs(
    made: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("executive"))
    missed = "Nobody has signed the analysis of the week of 2 March 2026"
    assert missed in client.get(reverse("boards:home")).content.decode()
    page = client.get(reverse("reviews:review", args=[made.pk])).content.decode()
    assert "Ward 7. Quiet at night rose about July 2025" in page
    client.post(reverse("reviews:sign", args=[made.pk]), {"note": "We thank the ward"})
    assert missed not in client.get(reverse("boards:home")).content.decode()
    page = client.get(reverse("reviews:review", args=[made.pk])).content.decode()
    assert "We thank the ward" in page
    assert "nobody" not in client.get(reverse("reviews:reviews")).content.decode()


@pytest.mark.capability("G10")
def test_digest_holds_the_readers_own_place_and_says_when_it_was_opened(
    made: Any, place: Any, other_place: Any, signed_in: Any
) -> None:
    mine = UnitDigest.objects.get(place=place)
    theirs = UnitDigest.objects.get(place=other_place)
    client = signed_in(mine.reader)
    assert (
        "Your digest for the week"
        in client.get(reverse("boards:place", args=[place.pk])).content.decode()
    )
    shown = client.get(reverse("reviews:digest", args=[mine.pk])).content.decode()
    assert "Quiet at night rose" in shown and other_place.name not in shown
    assert client.get(reverse("reviews:digest", args=[theirs.pk])).status_code == 404
    assert list(DigestOpening.objects.values_list("digest_id", flat=True)) == [mine.pk]
    assert (
        "Your digest for the week"
        not in client.get(reverse("boards:place", args=[place.pk])).content.decode()
    )
    empty = signed_in(theirs.reader).get(reverse("reviews:digest", args=[theirs.pk]))
    assert "Nothing stands out this week" in empty.content.decode()


def test_reviews_are_for_those_who_see_the_whole_organisation(
    made: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[place]))
    for url in (reverse("reviews:reviews"), reverse("reviews:review", args=[made.pk])):
        assert client.get(url).status_code == 403
    assert client.post(reverse("reviews:sign", args=[made.pk])).status_code == 403
    assert timezone.now() > made.made_at
