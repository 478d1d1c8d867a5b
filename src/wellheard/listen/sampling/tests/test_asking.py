"""Asking by every way, to the very message that leaves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import resolve, reverse
from django.utils import translation

from wellheard.base.events.delivery import deliver
from wellheard.base.events.models import Event
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.sending import send_one
from wellheard.listen.invitations.actions import end_asking, finish, keep_progress
from wellheard.listen.invitations.queries import invitation_behind
from wellheard.listen.invitations.rules import Progress, device_class
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling import asking
from wellheard.listen.sampling.actions import close_step, decide_plan, draw_wave, record_answer
from wellheard.listen.sampling.models import ModeStep, SampleMember
from wellheard.listen.sampling.queries import (
    calendar,
    drop_off,
    member_of,
    method_matrix,
    wave_figures,
    weights_of,
    work_list,
)
from wellheard.listen.sampling.tasks import sweep
from wellheard.listen.sampling.tests.conftest import FEBRUARY, NOW
from wellheard.people.consent.actions import withdraw_consent
from wellheard.people.patients.actions import record_death
from wellheard.people.patients.models import ContactPoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(discharges, running, colleagues):
    """``drawn(3)`` is a wave of three people, drawn now."""

    def make(count=1, **fields):
        discharges(count, **fields)
        return draw_wave(running(size=count), FEBRUARY, by=colleagues[1], at=NOW)

    return make


def send_everything(at):
    for pk in Message.objects.filter(due_at__lte=at).values_list("pk", flat=True):
        send_one(pk, clock=lambda: at)
    for pk in Event.objects.filter(settled_at=None).values_list("pk", flat=True):
        deliver(pk, now=at)


def answer(member, actor, at, *, complete=True):
    invitation = member.invitation
    keep_progress(invitation, Progress({"rating": 9}, frozenset({"rating"})), at=at, item="rating")
    return finish(invitation, language="en", complete=complete, by=actor, at=at)


def sent_words(post_box):
    return [path.read_text("utf-8") for path in sorted(post_box.rglob("*")) if path.is_file()]


def test_invitation_leaves_with_a_single_use_link_in_the_patients_language(
    drawn, post_box, actor, client
):
    wave = drawn(1, language="es")
    sweep(NOW)
    send_everything(NOW)
    (words,) = sent_words(post_box)
    message = Message.objects.get()
    assert message.channel == "email" and message.language == "es" and "lo hicimos" in message.body
    token = re.search(r"/es/s/([^/\s]+)/", message.body)[1]
    assert "To: p0@example.org" in words
    invitation, closed = invitation_behind(token, now=NOW)
    assert closed is None and invitation == wave.members.get().invitation
    assert member_of(invitation.pk) == wave.members.get()


def test_address_of_a_link_is_that_of_the_pages(drawn):
    member = drawn().members.select_related("wave").get()
    link = asking.link_of(member)
    path = "/" + link.split("/", 3)[3]
    with translation.override("en"):
        found = resolve(path)
        assert found.view_name == "invitations:start"
        assert path == reverse("invitations:start", args=[found.kwargs["token"]])


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_text_names_no_place_and_no_care(drawn, post_box, settings, language):
    drawn(1, language=language)
    SampleMember.objects.update(way="sms:0")
    ModeStep.objects.update(mode="sms")
    sweep(NOW)
    short = Message.objects.get().short
    assert "Ward" not in short and "Clinic" not in short and "Ann" not in short
    assert "/s/" in short and short.count("http") == 1


@pytest.mark.capability("B15")
def test_each_way_follows_in_turn_for_those_who_stay_silent(drawn, post_box, organisation, actor):
    wave = drawn()
    member = wave.members.get()
    modes = []
    for day in range(32):
        at = NOW + timedelta(days=day)
        sweep(at)
        send_everything(at)
        for mode in ("paper", "phone"):
            for step in work_list(organisation.pk, mode, now=at):
                close_step(step, by=actor, at=at)
    for step in ModeStep.objects.order_by("number"):
        modes.append((step.mode, (step.closed_at - member.starts_at).days))
    assert modes == [("email", 0), ("email", 4), ("sms", 8), ("paper", 15), ("phone", 30)]
    links = {re.search(r"/s/([^:/]+)", m.body)[1] for m in Message.objects.all()}
    assert len(links) == 1
    assert [m.template for m in Message.objects.order_by("pk")] == [
        "survey_invitation",
        "survey_reminder",
        "survey_reminder",
    ]
    sweep(member.closes_at)
    assert SampleMember.objects.get().ended_as == "silent"


def test_reminder_goes_to_nobody_who_answered(drawn, post_box, actor):
    wave = drawn(3)
    sweep(NOW)
    send_everything(NOW)
    answer(wave.members.first(), actor, NOW + timedelta(hours=2))
    sweep(NOW + timedelta(days=4, hours=1))
    assert Message.objects.filter(template="survey_reminder").count() == 2
    assert wave.members.filter(ended_as="answered").count() == 1


def test_answer_given_while_a_message_waits_stops_it_at_the_last_moment(drawn, post_box, actor):
    wave = drawn()
    sweep(NOW)
    answer(wave.members.get(), actor, NOW)
    send_everything(NOW)
    assert sent_words(post_box) == []
    assert Message.objects.with_state().get().state == "refused"
    decision = Message.objects.get().decisions.get()
    assert decision.rule == "answered"


@pytest.mark.parametrize("way", ["stop", "consent", "death"])
@pytest.mark.capability("E01")
def test_nobody_is_asked_after_stop_withdrawal_or_death(drawn, post_box, actor, way):
    wave = drawn()
    sweep(NOW)
    send_everything(NOW)
    patient, later = wave.members.get().patient, NOW + timedelta(days=1)
    if way == "stop":
        ContactPoint.objects.filter(patient=patient, kind="email").update(stopped_at=later)
    elif way == "consent":
        withdraw_consent(
            patient=patient, channel="email", purpose="survey", source="t", by=actor, at=later
        )
    else:
        record_death(patient=patient, died_on=later.date(), by=actor, at=later)
    sweep(NOW + timedelta(days=9))
    assert Message.objects.count() == 1
    member = SampleMember.objects.get()
    assert member.ended_as == ("died" if way == "death" else "refused")
    assert not ModeStep.objects.filter(closed_at=None).exists()
    assert member.invitation.finished_at is not None


def test_refusal_before_the_first_message_hands_on_to_paper(drawn, post_box):
    drawn(1, consent=False)
    for minutes in range(0, 40, 10):
        at = NOW + timedelta(minutes=minutes)
        sweep(at)
        send_everything(at)
    assert list(ModeStep.objects.order_by("number").values_list("mode", "outcome")) == [
        ("email", "failed"),
        ("email", "failed"),
        ("sms", "failed"),
        ("paper", ""),
    ]
    assert sent_words(post_box) == []


def test_paused_plan_asks_nobody_and_goes_on_when_it_is_resumed(drawn, post_box, colleagues):
    wave = drawn(2)
    decide_plan(wave.plan, "paused", by=colleagues[0], at=NOW)
    sweep(NOW)
    assert not Message.objects.exists()
    decide_plan(wave.plan, "resumed", by=colleagues[0], at=NOW)
    sweep(NOW)
    assert Message.objects.count() == 2
    decide_plan(wave.plan, "paused", by=colleagues[0], at=NOW)
    send_everything(NOW)
    assert sent_words(post_box) == []


def test_sweep_that_runs_twice_asks_once(drawn, post_box):
    drawn(5)
    sweep(NOW)
    sweep(NOW)
    sweep(NOW + timedelta(minutes=5))
    assert Message.objects.count() == 5


def test_clock_that_was_put_back_asks_nobody_again(drawn, post_box):
    drawn(2)
    sweep(NOW)
    sweep(NOW - timedelta(days=3))
    sweep(NOW)
    assert Message.objects.count() == 2


def test_worker_that_dies_between_queuing_and_closing_keeps_nothing_half_done(
    drawn, post_box, monkeypatch
):
    drawn(4)

    def die(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(asking, "follow_with", die)
        with pytest.raises(SystemExit):
            sweep(NOW)
    assert not Message.objects.exists()
    sweep(NOW)
    assert Message.objects.count() == 4 and ModeStep.objects.count() == 8


def test_what_was_said_to_the_interviewer_ends_the_asking(drawn, post_box, actor, organisation):
    wave = drawn(1, contact=False)
    member = wave.members.get()
    (step,) = work_list(organisation.pk, "paper", now=member.starts_at)
    assert step.member.visit.external_id == "V0"
    close_step(step, ended_as="ineligible", by=actor, at=NOW)
    close_step(step, by=actor, at=NOW)  # a second time says nothing new
    assert SampleMember.objects.get().ended_as == "ineligible"


def test_answer_on_paper_uses_the_link_up(drawn, post_box, actor, organisation, place):
    wave = drawn()
    member = wave.members.get()
    response = Response.objects.create(
        organisation=organisation,
        place=place,
        instrument="pulse",
        version=1,
        received_at=NOW,
        recorded_at=NOW,
        mode="paper",
        answers={"rating": 9},
        complete=True,
    )
    record_answer(member, response, by=actor, at=NOW)
    sweep(NOW)
    assert not Message.objects.exists()
    assert weights_of(wave) == [(response.pk, 1.0)]


def test_figures_of_a_wave_count_everybody_once(drawn, post_box, actor, staff, person_of):
    wave = drawn(10)
    sweep(NOW)
    send_everything(NOW)
    members = list(wave.members.order_by("pk"))
    for member in members[:3]:
        answer(member, actor, NOW)
    answer(members[3], actor, NOW, complete=False)
    begun = members[4].invitation
    keep_progress(begun, Progress({}, frozenset({"recommend"})), at=NOW, item="recommend")
    ContactPoint.objects.filter(patient=members[5].patient).update(stopped_at=NOW)
    record_death(patient=members[6].patient, died_on=NOW.date(), by=actor, at=NOW)
    sweep(NOW + timedelta(days=1))
    found = wave_figures(wave.members.all())
    assert (found.drawn, found.sent, found.started, found.finished) == (10, 10, 5, 3)
    assert (found.partial, found.refused, found.ineligible, found.open) == (1, 1, 1, 4)
    rates = {rate.code: (rate.counted, rate.of) for rate in found.rates}
    assert rates["RR1"] == (3, 9.0) and rates["RR2"] == (4, 9.0)
    stops = {(stop.item, stop.people) for stop in drop_off(wave.members.all())}
    assert stops == {("recommend", 1), ("rating", 1)}


@pytest.mark.capability("L04")
def test_method_matrix_comes_from_what_was_fielded(drawn, post_box, actor, organisation):
    wave = drawn(4)
    answer(wave.members.first(), actor, NOW)
    (line,) = method_matrix(organisation.pk, since=NOW - timedelta(days=30))
    assert (line.plan, line.language, line.asked, line.answered) == ("Inpatients", "en", 4, 1)
    assert line.modes == ("email", "email", "sms", "paper", "phone")


def test_calendar_tells_what_is_still_to_come(drawn, organisation):
    drawn(4)
    weeks = calendar(organisation.pk, now=NOW, weeks=6)
    total = {}
    for week in weeks:
        for mode, count in week.by_mode.items():
            total[mode] = total.get(mode, 0) + count
    assert total == {"email": 8, "sms": 4, "paper": 4, "phone": 4}


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0) Mobile/15E148", "tablet"),
        ("Mozilla/5.0 (Linux; Android 15; SM-X200) Safari/537", "tablet"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140", "computer"),
        ("", ""),
    ],
)
def test_class_of_a_device(agent, device):
    assert device_class(agent) == device


@pytest.mark.parametrize(
    ("why", "ended_as"), [("died", "died"), ("declined", "refused"), ("stranger", "unreachable")]
)
def test_word_from_the_link_that_nobody_will_answer_ends_the_reminders(
    drawn, post_box, actor, why, ended_as
):
    drawn(1)
    sweep(NOW)
    member = SampleMember.objects.get()
    end_asking(member.invitation, why, by=actor, at=NOW)
    send_everything(NOW)
    member.refresh_from_db()
    assert member.ended_as == ended_as
    sweep(NOW + timedelta(days=5))
    send_everything(NOW + timedelta(days=5))
    assert not ModeStep.objects.filter(closed_at=None).exists()
    assert not sent_words(post_box), "not even the first message, which had not left"
