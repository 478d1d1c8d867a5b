"""The pages of the reply desk, by role."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from wellheard.people.staff.models import User
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.models import PublicReply, ReplyDraft, ReplyWay
from wellheard.resolve.replies.presenters import chart_of
from wellheard.resolve.replies.queries import Answered, months
from wellheard.resolve.replies.tests.conftest import Told

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B12"), pytest.mark.any_database]


def page(review: Any, name: str = "reply") -> str:
    return reverse(f"replies:{name}", args=[review.pk])


@pytest.fixture
def fresh(told: Told) -> Any:
    from django.utils import timezone

    return told("Nobody said how long it takes", 2, now=timezone.now())


def test_desk_walks_from_the_list_to_words_to_approval_to_posted(
    fresh: Any, signed_in: Any, writer: User, approver: User
) -> None:
    client = signed_in(writer)
    listed = client.get(reverse("replies:desk")).content.decode()
    assert "Criticism" in listed and "nobody has taken it" in listed
    begun = client.get(page(fresh)).content.decode()
    assert "not what we want for anybody at Riverbend Health" in begun
    assert "Lo que" not in begun
    assert "queremos entenderlo" in client.get(page(fresh) + "?language=es").content.decode()
    bad = {"text": "Sorry about your visit last week", "language": "en"}
    stopped = client.post(page(fresh), bad)
    words = stopped.content.decode()
    assert stopped.status_code == 422 and "<mark>your visit</mark>" in words
    assert "It names a date or time" in words and "Leave the time out." in words
    assert "No way to reach us" in words and not ReplyDraft.objects.exists()
    good = {"text": f"Thank you for writing. {facts.contact('en')}", "language": "en"}
    assert client.post(page(fresh), good).status_code == 302
    shown = client.get(page(fresh)).content.decode()
    assert "Waits for a second person" in shown and "Somebody else approves" in shown
    draft = ReplyDraft.objects.get()
    refused = client.post(page(fresh, "approval"), {"draft": draft.pk}, follow=True)
    assert "Somebody else approves them" in refused.content.decode()
    client = signed_in(approver)
    assert "?show=approve" in client.get(reverse("replies:desk") + "?show=approve").content.decode()
    client.post(page(fresh, "approval"), {"draft": draft.pk})
    assert "Mark as posted" in client.get(page(fresh)).content.decode()
    assert client.post(page(fresh, "posted"), {"url": "nonsense"}).status_code == 422
    client.post(page(fresh, "posted"), {"url": "https://reviews.example/9"})
    done = client.get(page(fresh)).content.decode()
    assert "Posted by hand" in done and "https://reviews.example/9" in done
    assert "Answered lately" in client.get(reverse("replies:desk")).content.decode()
    figures = client.get(reverse("replies:numbers")).content.decode()
    assert "100" in figures and "at least 4 months" in figures


def test_manager_of_another_place_sees_and_does_nothing(
    fresh: Any, staff: Any, signed_in: Any, other_place: Any, place: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    assert "Nobody said how long" not in client.get(reverse("replies:desk")).content.decode()
    assert client.get(page(fresh)).status_code == 404
    assert client.post(page(fresh, "owner"), {"owner": ""}).status_code == 404
    mine = signed_in(staff("nurse_manager", places=[place]))
    assert mine.get(page(fresh)).status_code == 200
    assert mine.post(page(fresh, "approval"), {"draft": "1"}).status_code == 403


def test_reader_without_the_right_writes_nothing(fresh: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("executive"))
    assert "Write a reply" not in client.get(page(fresh)).content.decode()
    assert client.post(page(fresh), {"text": "x", "language": "en"}).status_code == 404
    assert not PublicReply.objects.exists()


def test_owner_is_set_and_is_somebody_who_may_answer(
    fresh: Any, staff: Any, signed_in: Any, writer: User
) -> None:
    executive = staff("executive")
    client = signed_in(writer)
    client.post(page(fresh, "owner"), {"owner": writer.pk})
    assert PublicReply.objects.get().owner == writer
    assert client.post(page(fresh, "owner"), {"owner": executive.pk}).status_code == 422


def test_way_of_an_outlet_keeps_its_secret_to_itself(
    outlet: Any, signed_in: Any, writer: User
) -> None:
    client = signed_in(writer)
    at = reverse("replies:way", args=[outlet.pk])
    wrong = client.post(at, {"protocol": "json", "address": "", "token": ""})
    assert wrong.status_code == 422
    given = {"protocol": "json", "address": "https://x.example/replies", "token": "s3cret-of-x"}
    client.post(at, given)
    assert "s3cret-of-x" not in client.get(at).content.decode()
    client.post(at, {**given, "token": ""})
    assert ReplyWay.objects.get().token == "s3cret-of-x"
    client.post(at, {"protocol": ""})
    assert not ReplyWay.objects.exists()


def test_chart_draws_each_month_with_its_limits_once_there_are_some(at: Any) -> None:
    from datetime import timedelta

    told = [
        Answered(
            "positive", at - timedelta(days=30 * month + days), at - timedelta(days=30 * month)
        )
        for month in range(6)
        for days in (1, 2, 3)
    ]
    drawn = chart_of(months(told))
    assert drawn is not None and len(drawn["marks"]) == len(drawn["rows"]) == 6
    assert drawn["rows"][0]["value"] == "2.0" and drawn["rows"][0]["n"] == 3
    assert chart_of(months(told[:6])) is None
