"""Groups that stay silent, and feeds that fall silent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.actions import PlanError, decide_top_up, draw_wave
from wellheard.listen.sampling.frame import visits_of_span
from wellheard.listen.sampling.models import FeedAlarm, SampleMember, TopUp
from wellheard.listen.sampling.queries import feeds, heard_in
from wellheard.listen.sampling.tests.conftest import FEBRUARY, NOW
from wellheard.listen.sampling.watching import propose_top_ups, watch
from wellheard.people.visits.models import Visit

pytestmark = pytest.mark.django_db


def answered(members, organisation, place, share):
    """That share of the members has answered."""
    members = list(members.select_related("invitation"))
    for member in members[: round(share * len(members))]:
        member.invitation.response = Response.objects.create(
            organisation=organisation,
            place=place,
            instrument="pulse",
            version=1,
            received_at=NOW,
            recorded_at=NOW,
            answers={},
            complete=True,
        )
        member.invitation.finished_at = NOW
    Invitation.objects.bulk_update(
        [m.invitation for m in members], ["response", "finished_at"], batch_size=100
    )


@pytest.fixture
def wave(discharges, running, colleagues, organisation, place):
    """300 treated, a third of them Spanish-speaking; 180 asked, who answer by language."""
    discharges(200)
    discharges(100, start=200, language="es")
    wave = draw_wave(running(size=180), FEBRUARY, by=colleagues[1], at=NOW)
    answered(wave.members.filter(language="en"), organisation, place, 0.5)
    answered(wave.members.filter(language="es"), organisation, place, 0.05)
    return wave


@pytest.mark.capability("B15")
def test_group_below_four_fifths_triggers_another_way_of_asking(wave, actor, colleagues):
    (proposal,) = propose_top_ups(wave, by=actor, at=NOW)
    assert (proposal.group, proposal.value, proposal.sequence) == ("language", "es", "phone-first")
    assert proposal.representation < 0.8 and proposal.treated == 100
    assert propose_top_ups(wave, by=actor, at=NOW) == []
    before = set(wave.members.values_list("visit_id", flat=True))
    drawn = decide_top_up(proposal, accepted=True, by=colleagues[0], at=NOW)
    members = list(drawn.members.select_related("visit"))
    assert members and {m.visit.language for m in members} == {"es"}
    assert {m.way.split(":")[0] for m in members} == {"phone"}
    assert not before & {m.visit_id for m in members}
    with pytest.raises(PlanError, match="state"):
        decide_top_up(proposal, accepted=False, by=colleagues[0], at=NOW)


def test_declined_proposal_asks_nobody(wave, actor, colleagues):
    (proposal,) = propose_top_ups(wave, by=actor, at=NOW)
    count = SampleMember.objects.count()
    assert decide_top_up(proposal, accepted=False, by=colleagues[0], at=NOW) is None
    assert SampleMember.objects.count() == count and TopUp.objects.get().accepted is False


def test_silence_map_hides_the_few_and_those_beside_them(wave, organisation):
    visits = visits_of_span(organisation, wave.starts_on, wave.ends_on)
    lines = {line.value: line for line in heard_in(visits, wave.members.all(), "language")}
    assert (lines["en"].treated, lines["es"].treated) == (200, 100)
    assert lines["es"].silent and lines["es"].hidden and lines["en"].hidden
    places = heard_in(visits, wave.members.all(), "place")
    assert {line.value for line in places} == {"Ward 7", "Clinic 4"}


def feed_of(organisation, place, *, per_day, days, until):
    Visit.objects.bulk_create(
        Visit(
            organisation=organisation,
            place=place,
            kind="emergency",
            status="finished",
            ended_at=until - timedelta(days=day, hours=23 * n / per_day),
            recorded_at=until - timedelta(days=day) + timedelta(hours=3),
        )
        for day in range(days)
        for n in range(per_day)
    )


@pytest.mark.capability("B19")
def test_feed_that_stops_is_an_alarm_within_a_day_and_ends_when_it_speaks(
    organisation, place, actor
):
    feed_of(organisation, place, per_day=8, days=28, until=NOW)
    assert watch(organisation, by=actor, at=NOW + timedelta(hours=3)) == []
    hours = next(
        hour
        for hour in range(1, 48)
        if watch(organisation, by=actor, at=NOW + timedelta(hours=hour))
    )
    assert hours <= 24
    later = NOW + timedelta(hours=hours)
    assert watch(organisation, by=actor, at=later + timedelta(hours=1)) == []
    assert FeedAlarm.objects.get().feed == "visits:emergency"
    feed_of(organisation, place, per_day=1, days=1, until=later + timedelta(hours=2))
    watch(organisation, by=actor, at=later + timedelta(hours=2))
    assert FeedAlarm.objects.get().closed_at is not None


def test_feed_that_rests_on_weekends_is_not_missed_on_sunday(organisation, place, actor):
    feed_of(organisation, place, per_day=10, days=40, until=NOW)
    rests = [v.pk for v in Visit.objects.all() if v.ended_at.weekday() >= 5]
    Visit.objects.filter(pk__in=rests).delete()
    sunday = NOW - timedelta(days=3)
    Visit.objects.filter(ended_at__gt=sunday).delete()
    (feed,) = feeds(organisation, now=sunday.replace(hour=20))
    assert not feed.silent and feed.expected < 4.5


def test_rare_feed_is_given_the_time_it_takes(organisation, place, actor):
    for week in range(4):
        feed_of(organisation, place, per_day=1, days=1, until=NOW - timedelta(days=7 * week))
    (feed,) = feeds(organisation, now=NOW + timedelta(days=5))
    assert not feed.silent and feed.lag is not None
