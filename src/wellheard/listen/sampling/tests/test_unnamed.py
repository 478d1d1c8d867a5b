"""A plan that promises that nobody can tell whose answers are whose: drawn, asked, answered, and
attacked by somebody who holds everything."""

from __future__ import annotations

import hashlib
import json
import random
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations import mixing
from wellheard.listen.invitations.mixing import release_sealed
from wellheard.listen.invitations.models import Invitation, LinkHalf, SealedAnswers, SplitDraft
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.actions import NewPlan, PlanError, draw_wave, propose_plan
from wellheard.listen.sampling.models import ModeStep, SampleMember, SamplePlan
from wellheard.listen.sampling.queries import drop_off, wave_figures, weights_of
from wellheard.listen.sampling.tasks import sweep
from wellheard.listen.sampling.tests.attack import best_guess, dump, joins
from wellheard.listen.sampling.tests.conftest import FEBRUARY, NOW
from wellheard.listen.sampling.tests.test_asking import send_everything
from wellheard.people.consent.actions import withdraw_consent

pytestmark = [pytest.mark.django_db, pytest.mark.capability("E01")]
PEOPLE = 24


@pytest.fixture
def clock(monkeypatch):
    """The time of every page; ``clock[0]`` may be set."""
    moment = [NOW]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])
    return moment


@pytest.fixture
def asked(discharges, running, colleagues, post_box, clock):
    """``asked(24)`` is a wave whose first messages have left."""

    def make(count=PEOPLE, *, anonymous=True, **fields):
        discharges(count, **fields)
        plan = running(size=count, sequence="web-text-paper-phone", anonymous=anonymous)
        wave = draw_wave(plan, FEBRUARY, by=colleagues[1], at=NOW)
        sweep(NOW)
        send_everything(NOW)
        return wave

    return make


def links(post_box):
    """E-mail address to the newest link that went there."""
    found = {}
    for path in sorted(post_box.rglob("*"), key=lambda each: each.stat().st_mtime_ns):
        if path.is_file() and "/s/" in (words := path.read_text("utf-8")):
            to = re.search(r"To: (\S+)", words)
            link = re.search(r"(/\w\w/s/[^/\s]+/)", words.replace("=\n", ""))
            if to and link:
                found[to[1]] = link[1]
    return found


def invitations():
    """E-mail address to the invitation of that person."""
    rows = SampleMember.objects.values_list("visit__external_id", "invitation_id")
    return {f"p{visit[1:]}@example.org": pk for visit, pk in rows}


def answer(link, words, rating):
    sent = Client().post(
        f"{link}all-questions/", {"comment-answer": words, "rating-answer": str(rating)}
    )
    assert sent.status_code == 302 and "thanks" in sent["Location"]


def everybody_answers(post_box, clock):
    """In an order of their own, with breaks and sweeps between."""
    chance = random.Random(4)
    ways = list(links(post_box).items())
    chance.shuffle(ways)
    for number, (who, link) in enumerate(ways):
        clock[0] = NOW + timedelta(minutes=7 * number, seconds=chance.randrange(200))
        if number % 3 == 0:
            Client().post(f"{link}rating/", {"answer": "5"})
        clock[0] += timedelta(seconds=chance.randrange(200))
        # Words and marks that say nothing of who it is or when they came.
        answer(link, words_of(who), chance.randrange(11))
        if number % 5 == 4:
            sweep(clock[0])
    assert len(ways) == PEOPLE


@pytest.mark.parametrize("anonymous", [True, False])
def test_whoever_holds_everything_finds_whose_answers_are_whose_only_by_chance(
    asked, post_box, clock, anonymous
):
    asked(anonymous=anonymous, sex="f")
    everybody_answers(post_box, clock)
    whose = {words_of(who): pk for who, pk in invitations().items()}
    if anonymous:
        tables = dump()
        assert joins(tables) == []
        # Of 24 pairs chance gets one right; the best of thousands of ways gets a few.
        assert best_guess(tables, waiting(whose), "sealedanswers_id") < (11, "")
    release_sealed(clock[0] + timedelta(hours=1))
    send_everything(clock[0] + timedelta(hours=1))
    sweep(clock[0] + timedelta(hours=2))
    said = Comment.objects.filter(response__isnull=False).values_list("response_id", "text")
    truth = {pk: whose[words] for pk, words in said}
    assert len(truth) == PEOPLE
    tables = dump()
    found = best_guess(tables, truth, "response_id")
    if anonymous:
        assert joins(tables) == [] and found < (11, "")
    else:
        # The same attacker, where nothing was promised.
        assert found[0] == PEOPLE


def test_the_attacker_finds_them_where_rows_are_not_written_anew(
    asked, post_box, clock, monkeypatch
):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL keeps in which transaction a row was changed")
    monkeypatch.setattr(mixing, "_WRITTEN_ANEW", 0)
    asked()
    everybody_answers(post_box, clock)
    whose = {words_of(who): pk for who, pk in invitations().items()}
    assert best_guess(dump(), waiting(whose), "sealedanswers_id")[0] == PEOPLE


def waiting(whose):
    """Rows that wait (read with our key) to the invitation each belongs to."""
    said = {row.pk: json.loads(row.sealed)["told"] for row in SealedAnswers.objects.all()}
    return {_stored(pk): whose[told["comment"]] for pk, told in said.items()}


def words_of(who):
    return hashlib.sha256(who.encode()).hexdigest()


def _stored(pk):
    return pk if connection.vendor == "postgresql" else pk.hex


def test_link_is_kept_nowhere_and_two_halves_do_not_meet(asked, post_box, clock):
    asked(2)
    assert all("{link}" in message.body for message in Message.objects.all())
    (link, _other) = links(post_box).values()
    token = link.split("/")[3]
    Client().post(f"{link}rating/", {"answer": "5"})
    tables = str(dump())
    assert token not in tables and token.split(":")[0] not in tables
    assert LinkHalf.objects.count() == 2 and SplitDraft.objects.count() == 1
    assert not Invitation.objects.exclude(opened_at=None, begun_at=None, turn=0).exists()


def test_reminders_go_to_those_who_did_not_answer_and_one_answer_counts(
    asked, post_box, clock, place
):
    wave = asked(3)
    first = links(post_box)
    who, link = next(iter(first.items()))
    answer(link, "Once", 9)
    clock[0] = NOW + timedelta(days=4, minutes=1)
    sweep(clock[0])
    send_everything(clock[0])
    second = links(post_box)
    assert second[who] == link
    others = [each for each in first if each != who]
    assert all(second[each] != first[each] for each in others)
    # Either link, once: the reminder's, then the first one, then the same page again.
    answer(second[others[0]], "By the reminder", 8)
    for again in (first[others[0]], second[others[0]], link):
        assert b"You have answered already" in Client().get(again).content
        Client().post(f"{again}all-questions/", {"rating-answer": "1"})
        Client().post(f"{again}check/")
    assert SealedAnswers.objects.count() == 2
    sweep(clock[0])
    figures = wave_figures(wave.members.all())
    assert (figures.finished, figures.partial, figures.open) == (2, 0, 1)
    assert weights_of(wave) == [] and drop_off(wave.members.all()) == []
    ended = wave.members.filter(ended_as="answered")
    assert all(member.ended_at == member.closes_at for member in ended)
    steps = ModeStep.objects.filter(member__in=ended, outcome="not_needed")
    assert steps and all(step.closed_at == step.due_at for step in steps)


def test_paper_and_calls_are_not_used_and_what_would_join_is_refused(
    asked, discharges, running, colleagues, post_box
):
    wave = asked(2)
    assert {member.way for member in wave.members.all()} == {"email:0 email:4 sms:8"}
    new = {"name": "A", "instrument": "pulse", "eligibility": "hcahps-like", "size": 9}
    with pytest.raises(PlanError, match="no_link"):
        propose_plan(
            NewPlan(**new, sequence="paper-phone", anonymous=True), by=colleagues[0], at=NOW
        )
    with pytest.raises(PlanError, match="unequal"):
        propose_plan(
            NewPlan(**new, sequence="web-text", method="disproportional", stratum="place",
                    anonymous=True),
            by=colleagues[0], at=NOW,
        )  # fmt: skip


def test_what_goes_on_with_answers_is_shared_by_enough_at_the_draw_and_at_the_release(
    discharges, running, colleagues, post_box, clock
):
    # Every fourth at the other place: 8 women here make no eleven there.
    discharges(32, sex="f")
    discharges(5, sex="m", start=40)
    wave = draw_wave(running(size=50, anonymous=True, sequence="web-text"), FEBRUARY,
                     by=colleagues[1], at=NOW)  # fmt: skip
    kept = wave.members.values_list("place__name", "visit__sex", "invitation__age_band",
                                    "invitation__sex")  # fmt: skip
    told = {(place, sex): (age, kept_sex) for place, sex, age, kept_sex in kept}
    assert len(told) == 4
    # Of men there are too few anywhere, and without the women nobody would be left beside them.
    assert {sex for (_place, _), (_age, sex) in told.items()} == {""}
    assert {age for (age, _sex) in told.values()} <= {"", "18-49"}


def test_who_asks_not_to_be_asked_gets_no_reminder_but_may_still_send(
    asked, post_box, clock, actor
):
    wave = asked(1)
    (link,) = links(post_box).values()
    member = wave.members.get()
    clock[0] = NOW + timedelta(days=1)
    for channel in ("email", "sms"):
        withdraw_consent(
            patient=member.patient, channel=channel, purpose="survey", wording="test",
            source="test", by=actor, at=clock[0],
        )  # fmt: skip
    sweep(clock[0])
    member.refresh_from_db()
    assert member.ended_as == "refused"
    answer(link, "After all", 7)
    assert SealedAnswers.objects.count() == 1 and wave_figures(wave.members.all()).finished == 1
    assert Response.objects.count() == 0


def test_page_counts_what_could_be_known_of_an_anonymous_plan(
    asked, post_box, clock, staff, signed_in
):
    wave = asked(16, sex="f")
    for number, link in enumerate(links(post_box).values()):
        answer(link, "Words", number % 3)
    client = signed_in(staff("px_specialist"))
    page = client.get("/staff/survey-links/known-again/pulse/").content.decode()
    assert facts_on(page)["Waiting for others"] == "16"
    # Twelve at one place, four at the other: those four are fewer than five.
    assert facts_on(page)["Of them beside fewer than five of their place"] == "fewer than 10"
    release_sealed(clock[0])
    page = client.get("/staff/survey-links/known-again/pulse/").content.decode()
    facts = facts_on(page)
    assert facts["Gone on together"] == "12" and facts["Times that answers went on"] == "1"
    assert facts["Fewest who share all that is kept beside an answer"] == "12"
    assert Response.objects.filter(age_band="18-49", sex="f", language="en").count() == 12
    assert "Anonymous plans" in page and page.count("Inpatients") == 1
    plan = client.get(f"/staff/sampling/{wave.plan_id}/").content.decode()
    assert "known-again/pulse/" in plan and "Nobody can tell whose answers are whose." in plan
    shown = client.get(f"/staff/sampling/waves/{wave.pk}/").content.decode()
    assert "who opened, began or stopped is not kept" in shown and "<dt>Opened" not in shown


def facts_on(page):
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.S)
    return {name: re.sub(r"<[^>]+>|[\u2066-\u2069]", "", value).strip() for name, value in found}


def test_form_says_why_paper_and_weights_do_not_go_with_the_promise(staff, signed_in):
    client = signed_in(staff("px_specialist"))
    given = {
        "name": "A", "instrument": "pulse", "eligibility": "hcahps-like", "period": "month",
        "size": "50", "method": "disproportional", "stratum": "place", "sequence": "paper-phone",
        "anonymous": "on",
    }  # fmt: skip
    refused = client.post("/staff/sampling/new/", given)
    assert refused.status_code == 422
    assert b"Paper and calls say whose answers they are." in refused.content
    assert b"Weights join an answer to its person." in refused.content
    kept = client.post("/staff/sampling/new/", given | {"method": "simple", "sequence": "web-text"})
    assert kept.status_code == 302
    assert SamplePlan.objects.get().anonymous
