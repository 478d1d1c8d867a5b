"""A promise that nobody can tell who answered, held against the database itself."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wellheard.base.audit.models import AuditRow
from wellheard.base.events.models import Event
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations.actions import close_expired, give_code, invite
from wellheard.listen.invitations.identifiable import Exposure, exposures_of
from wellheard.listen.invitations.mixing import release_sealed
from wellheard.listen.invitations.models import Invitation, MixedBatch, SealedAnswers, SplitDraft
from wellheard.listen.responses.models import Response

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B07")]


@pytest.fixture
def links(place: Any, actor: Any) -> list[str]:
    made = [
        invite(place=place, instrument_code="pulse", anonymous=True, by=actor, at=timezone.now())
        for _ in range(6)
    ]
    return [f"/en/s/{each.token}/" for each in made]


def give(link: str, **answers: str) -> Any:
    for item, value in answers.items():
        assert Client().post(f"{link}{item}/", {"answer": value}).status_code == 302
    return Client().post(f"{link}check/")


def test_database_alone_cannot_join_people_and_answers(links: list[str]) -> None:
    assert b"Nobody can tell" in Client().get(links[0]).content
    for n, link in enumerate(links[:5]):
        assert give(link, rating=str(n), comment=f"Words {n}").status_code == 302
        assert b"You have answered already" in Client().get(link).content
        again = Client().post(f"{link}rating/", {"answer": "9"})
        assert b"You have answered already" in again.content
    assert not Response.objects.exists() and SealedAnswers.objects.count() == 5
    assert "Words" not in str(
        list(SealedAnswers.objects.extra(select={"raw": "sealed"}).values("raw"))
    )
    release_sealed(timezone.now())
    release_sealed(timezone.now())
    assert not SealedAnswers.objects.exists()

    used = Invitation.objects.filter(ended_as="sent").values()
    apart = {"id", "key", "seed", "made_at", "expires_at", "opened_at", "begun_at", "finished_at"}
    assert len({str({k: v for k, v in row.items() if k not in apart}) for row in used}) == 1
    for row in used:
        assert row["opened_at"] is None and row["begun_at"] is None and row["turn"] == 0
        assert row["finished_at"] == row["made_at"]
        assert row["response_id"] is None and row["progress"] == ""
    assert not SplitDraft.objects.exists()
    (together,) = MixedBatch.objects.all()
    assert (together.level, together.answers, together.smallest) == ("place", 5, 5)
    responses = Response.objects.values()
    differ = {"id", "answers"}
    assert len({str({k: v for k, v in row.items() if k not in differ}) for row in responses}) == 1
    assert sorted(row["answers"]["rating"] for row in responses) == [0, 1, 2, 3, 4]
    moments = {row["received_at"] for row in responses}
    assert len(moments) == 1 and moments.pop().hour == 0

    ids = {str(row["id"]) for row in responses}
    named = AuditRow.objects.filter(object_kind="listen.response", object_id__in=ids)
    assert not named.exists()
    sent = AuditRow.objects.filter(action__in=["survey_sent_unnamed", "survey_finished"])
    assert {(row.object_kind, row.object_id) for row in sent} == {("listen.instrument", "pulse")}
    assert not Event.objects.filter(name="listen.response_received").exists()
    assert Comment.objects.count() == 5


def test_progress_can_be_read_with_the_link_alone(links: list[str]) -> None:
    Client().post(f"{links[0]}comment/", {"answer": "secret words"})
    kept = SplitDraft.objects.get()
    assert "secret" not in kept.sealed and "answers" not in kept.sealed
    # Of whom it is, nothing says: no invitation has changed.
    assert not Invitation.objects.exclude(progress="", turn=0, begun_at=None, device="").exists()
    assert not Invitation.objects.filter(key=kept.key).exists()
    assert b"secret words" in Client().get(f"{links[0]}comment/").content
    with pytest.raises(ValueError, match="link alone"):
        give_code(Invitation.objects.first(), at=timezone.now())
    page = Client().post(f"{links[0]}go-on-later/")
    assert b"only with the same link" in page.content
    close_expired(timezone.now() + timedelta(days=49, hours=20))
    assert b"secret words" in Client().get(f"{links[0]}comment/").content
    close_expired(timezone.now() + timedelta(days=120))
    assert not SplitDraft.objects.exists()
    assert not Response.objects.exists() and not SealedAnswers.objects.exists()


def test_two_open_pages_of_one_link_are_one_answer(links: list[str]) -> None:
    here, there = Client(), Client()
    here.post(f"{links[0]}rating/", {"answer": "7"})
    there.post(f"{links[0]}comment/", {"answer": "From the other page"})
    sent = [page.post(f"{links[0]}check/").status_code for page in (here, there)]
    assert sent == [302, 200] and not SplitDraft.objects.exists()
    kept = json.loads(SealedAnswers.objects.get().sealed)
    assert kept["answers"] == {"rating": 7} and kept["told"] == {"comment": "From the other page"}
    # A page that was open all along keeps nothing any more.
    late = there.post(f"{links[0]}quiet/", {"answer": "1"})
    assert b"You have answered already" in late.content and not SplitDraft.objects.exists()


def test_rows_that_wait_are_of_one_length_and_written_anew_with_each(links: list[str]) -> None:
    give(links[0], rating="1", comment="Short")
    first = set(SealedAnswers.objects.values_list("pk", flat=True))
    give(links[1], rating="2", comment="Long words. " * 300)
    rows = dict(SealedAnswers.objects.extra(select={"raw": "sealed"}).values_list("pk", "raw"))
    assert len(rows) == 2 and not first & rows.keys()
    assert len({len(raw) for raw in rows.values()}) == 1


def test_few_answers_wait_and_then_leave_without_their_place(
    links: list[str], place: Any, other_place: Any, actor: Any
) -> None:
    at = timezone.now()
    for _ in range(2):
        made = invite(place=other_place, instrument_code="pulse", anonymous=True, by=actor, at=at)
        give(f"/ar/s/{made.token}/", rating="2")
    for link in links[:3]:
        give(link, rating="8")
    release_sealed(at + timedelta(days=10))
    assert not Response.objects.exists()
    release_sealed(at + timedelta(days=90))
    kept = Response.objects.values_list("place", "site", "language")
    assert set(kept) == {(None, place.site_id, "")} and len(kept) == 5


def test_exposure_counts_those_who_stand_alone_and_hides_few() -> None:
    groups = {("a", "en"): 20, ("a", "es"): 4, ("b", "en"): 12, ("b", "ar"): 3, ("c", "ar"): 3}
    assert exposures_of(groups, ("place", "language")) == [
        Exposure("", 42, 5, 10),
        Exposure("place", 42, 3, None),
        Exposure("language", 42, 3, None),
    ]


def test_page_says_what_could_be_known_again(place: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("px_specialist"))
    assert (
        b"fewer than 10 responses" in client.get("/staff/survey-links/known-again/pulse/").content
    )
    now = timezone.now()
    for sex in ["female"] * 11 + ["male"]:
        Response.objects.create(
            organisation=place.organisation,
            site=place.site,
            place=place,
            instrument="pulse",
            version=1,
            received_at=now,
            recorded_at=now,
            mode="web",
            sex=sex,
        )
    page = client.get("/staff/survey-links/known-again/pulse/").content.decode()
    assert "12 responses" in page and "fewer than 10" in page and "Without the sex" in page
    assert client.get("/staff/survey-links/known-again/nothing/").status_code == 404
    assert (
        signed_in(staff("executive")).get("/staff/survey-links/known-again/pulse/").status_code
        == 403
    )
