"""The pages of public voices."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from wellheard.listen.reviews.actions import add_outlet
from wellheard.listen.reviews.models import Listing, Outlet, PublicReview

pytestmark = pytest.mark.django_db
OUTLETS = "/staff/public-voices/outlets/"
NEW = {"name": "Reviews by file", "about": "review", "kind": "csv", "mapping": "text = words"}


def brought(client: Any, outlet: Outlet, text: str) -> Any:
    file = SimpleUploadedFile("r.csv", text.encode())
    return client.post(reverse("public_reviews:bring", args=[outlet.pk]), {"file": file})


def test_outlet_is_added_a_file_taken_in_and_its_voice_placed(
    staff: Any, signed_in: Any, place: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    assert client.get(OUTLETS).status_code == 200
    assert client.post(OUTLETS, NEW).status_code == 302
    outlet = Outlet.objects.get()
    assert client.post(OUTLETS, NEW).status_code == 422
    table = (
        "id,words,rating,written_at\n1,<b>Clean</b> and kind,5,2026-03-01\n2,Slow,2,2026-03-02\n"
    )
    assert brought(client, outlet, table).status_code == 302
    assert brought(client, outlet, "a,b\n1,2\n").status_code == 422
    words = client.get("/staff/public-voices/").content.decode()
    assert "Clean and kind" in words and "3.50" in words and 'data-label="n">2<' in words
    review = PublicReview.objects.get(external_id="1")
    page = reverse("public_reviews:review", args=[review.pk])
    assert "First seen" in client.get(page).content.decode()
    client.post(reverse("public_reviews:place", args=[review.pk]), {"place": place.pk})
    review.refresh_from_db()
    assert review.place == place
    client.post(reverse("public_reviews:spam", args=[review.pk]), {"spam": "yes"})
    assert "Spam" in client.get("/staff/public-voices/?state=spam").content.decode()
    assert (
        "2 new" in client.get(reverse("public_reviews:outlet", args=[outlet.pk])).content.decode()
    )
    client.post(reverse("public_reviews:pause", args=[outlet.pk]))
    assert "paused" in client.get(OUTLETS).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "feed"},
        {"address": "ftp://files.example/x"},
        {"mapping": "nonsense"},
        {"mapping": "scale = many"},
        {"about": "gossip"},
    ],
)
def test_outlet_that_cannot_be_is_refused(staff: Any, signed_in: Any, wrong: Any) -> None:
    answered = signed_in(staff("px_specialist")).post(OUTLETS, NEW | wrong)
    assert answered.status_code == 422 and not Outlet.objects.exists()


@pytest.mark.capability("B18")
def test_place_shows_public_and_internal_voice_with_dates_and_n(
    staff: Any, signed_in: Any, place: Any, other_place: Any, organisation: Any, actor: Any, at: Any
) -> None:
    from django.utils import timezone

    outlet = add_outlet(organisation, by=actor, at=at, name="R", kind="csv", about="review")
    now = timezone.now()
    for n, stars in enumerate((5, 4, 3)):
        PublicReview.objects.create(
            organisation=organisation, outlet=outlet, external_id=str(n), text="Kind",
            rating=stars, rating_max=5, written_at=now, first_seen_at=now, place=place,
        )  # fmt: skip
    client = signed_in(staff("nurse_manager", places=[place]))
    words = client.get(reverse("boards:place", args=[place.pk])).content.decode()
    assert "In public and in our surveys" in words and "4.0 of 5" in words and "n 3" in words
    assert "Too few answers to show." in words
    listed = client.get("/staff/public-voices/").content.decode()
    assert listed.count("/staff/public-voices/") >= 3
    stranger = signed_in(staff("nurse_manager", places=[other_place]))
    assert "Kind" not in stranger.get("/staff/public-voices/").content.decode()
    review = PublicReview.objects.first()
    assert review is not None
    page = reverse("public_reviews:review", args=[review.pk])
    assert stranger.get(page).status_code == 404


def test_false_listing_is_on_the_home_and_leaves_it_when_judged(
    staff: Any, signed_in: Any, organisation: Any, actor: Any, at: Any
) -> None:
    outlet = add_outlet(organisation, by=actor, at=at, name="L", kind="csv", about="listing")
    client = signed_in(staff("px_specialist"))
    assert brought(client, outlet, "id,text,place\n1,Riverbend Helth,1 Street\n").status_code == 302
    listing = Listing.objects.get()
    assert "looks like ours" in client.get("/staff/").content.decode()
    page = reverse("public_reviews:listing", args=[listing.pk])
    assert client.post(page, {"kind": "nonsense"}).status_code == 422
    assert client.post(page, {"kind": "reported", "note": "by form"}).status_code == 302
    assert "Reported to the outlet" in client.get(page).content.decode()
    assert "looks like ours" not in client.get("/staff/").content.decode()
    assert "Riverbend Helth" in client.get("/staff/public-voices/listings/").content.decode()
