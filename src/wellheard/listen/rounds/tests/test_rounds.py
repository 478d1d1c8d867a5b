"""Rounding in two taps, its coverage, and what staff heard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from wellheard.base.audit.models import AuditRow
from wellheard.listen.intake.models import Comment
from wellheard.listen.rounds.actions import name_beds, note_round, report_heard
from wellheard.listen.rounds.models import Bed, Round, StaffHeard
from wellheard.listen.rounds.queries import coverage

pytestmark = pytest.mark.django_db
NOTE = "Nobody told me when the scan will be"


def test_two_taps_note_a_talk_and_words_become_a_comment(
    place: Any, staff: Any, signed_in: Any
) -> None:
    colleague = staff("nurse_manager", places=[place])
    client = signed_in(staff("nurse_manager", places=[place]))
    client.post(reverse("rounds:beds", args=[place.pk]), {"beds": "7A\n7B\n\n7A\n7C"})
    bed = Bed.objects.get(label="7B")
    page = reverse("rounds:bed", args=[place.pk, bed.pk])
    assert "What happens next" not in client.get(page).content.decode()
    assert client.post(page, {"outcome": "thanked", "key": "k1"}).status_code == 302
    assert Round.objects.get().comment is None
    said = {"outcome": "assigned", "prompt": "next", "note": NOTE, "to": colleague.pk, "key": "k2"}
    for _ in range(2):
        client.post(page, said)
    comment = Comment.objects.get()
    assert (comment.source, comment.text, comment.owner) == ("round", NOTE, colleague)
    assert comment.question.startswith("Do you know") and comment.disposition == ""
    client.post(page, {"outcome": "fixed", "note": "Cold. Brought a blanket.", "key": "k3"})
    assert Comment.objects.get(text__startswith="Cold").disposition == "answered"
    words = client.get(reverse("rounds:place", args=[place.pk])).content.decode()
    assert "1 of 3 beds seen" in words
    assert "1 of 3" in client.get(reverse("rounds:rounds")).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"outcome": "burnt"}, {}, {"outcome": "fixed", "prompt": "weather"}]
)
def test_talk_that_cannot_be_is_refused(
    place: Any, staff: Any, signed_in: Any, wrong: dict[str, str]
) -> None:
    client = signed_in(staff("nurse_manager", places=[place]))
    page = reverse("rounds:anywhere", args=[place.pk])
    assert client.post(page, {"key": "k", "note": NOTE} | wrong).status_code == 422
    assert not Round.objects.exists() and not Comment.objects.exists()


def test_coverage_counts_each_bed_once_and_only_beds_that_stand(
    place: Any, other_place: Any, actor: Any, at: Any
) -> None:
    name_beds(place, ["1", "2", "3"], by=actor, at=at)
    one, two, three = Bed.objects.order_by("pk")
    for n, (bed, days) in enumerate([(one, 1), (one, 2), (two, 3), (three, 30)]):
        when = at - timedelta(days=days)
        note_round(place=place, bed=bed, outcome="thanked", key=str(n), by=actor, at=when)
    found = coverage([place, other_place], now=at)
    assert [(c.seen, c.beds, c.rounds) for c in found] == [(2, 3, 3), (0, 0, 0)]
    name_beds(place, ["2", "3"], by=actor, at=at)
    assert coverage([place], now=at)[0].seen == 1 and Round.objects.count() == 4
    with pytest.raises(ValueError, match="another place"):
        note_round(place=other_place, bed=two, outcome="fixed", key="x", by=actor, at=at)


def test_what_staff_heard_names_nobody_when_they_wish(
    place: Any, staff: Any, signed_in: Any
) -> None:
    user = staff("front_desk", places=[place])
    client = signed_in(user)
    page = reverse("rounds:heard")
    said = {"place": place.pk, "text": NOTE, "key": "a", "anonymous": "on"}
    assert client.post(page, said).status_code == 302
    heard = StaffHeard.objects.get()
    assert heard.by is None and heard.comment.source == "staff_heard"
    assert not AuditRow.objects.filter(actor_kind="staff", object_kind="listen.comment").exists()
    client.post(page, {"place": place.pk, "text": "The food was cold all week", "key": "b"})
    assert StaffHeard.objects.filter(by=user).count() == 1
    assert client.post(page, {"place": place.pk, "text": " ", "key": "c"}).status_code == 422


def test_nobody_rounds_in_a_place_that_is_not_theirs(
    place: Any, other_place: Any, staff: Any, signed_in: Any, actor: Any, at: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[place]))
    assert client.get(reverse("rounds:place", args=[other_place.pk])).status_code == 404
    page = reverse("rounds:anywhere", args=[other_place.pk])
    assert client.post(page, {"outcome": "fixed", "key": "k"}).status_code == 404
    with pytest.raises(ValueError, match="no words"):
        report_heard(place=place, text=" ", anonymous=True, key="k", by=actor, at=at)
