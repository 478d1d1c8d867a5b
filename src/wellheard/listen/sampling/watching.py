"""Alarms of feeds that fell silent, and proposals to hear groups that are hardly heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.sampling import rules
from wellheard.listen.sampling.frame import visits_of_span
from wellheard.listen.sampling.models import FeedAlarm, SampleMember, TopUp, Wave
from wellheard.listen.sampling.queries import GROUPS, feeds, heard_in
from wellheard.listen.sampling.vocabulary import eligibilities, instead, limits
from wellheard.people.places.models import Organisation


def watch(organisation: Organisation, *, by: Actor, at: datetime) -> list[FeedAlarm]:
    """Open and close alarms; those that are new. A feed that was never there is not missed."""
    found = feeds(organisation, now=at)
    spoken = {feed.code for feed in found if not feed.silent}
    new = []
    with acting(by, at=at) as trail:
        open_ones = FeedAlarm.objects.filter(organisation=organisation, closed_at=None)
        for alarm in open_ones.filter(feed__in=spoken):
            alarm.closed_at = at
            alarm.save(update_fields=["closed_at"])
            trail.write("feed.speaks_again", alarm, feed=alarm.feed)
        known = set(open_ones.values_list("feed", flat=True))
        for feed in found:
            if feed.silent and feed.code not in known:
                alarm = FeedAlarm.objects.create(
                    organisation=organisation,
                    feed=feed.code,
                    last_at=feed.last_at,
                    expected=feed.expected,
                    opened_at=at,
                )
                trail.write("feed.fell_silent", alarm, feed=feed.code)
                trail.publish("listen.feed_silent", alarm_id=alarm.pk)
                new.append(alarm)
    return new


def propose_top_ups(wave: Wave, *, by: Actor, at: datetime) -> list[TopUp]:
    """A proposal for each silent group of a wave that has none yet."""
    proposals = []
    with acting(by, at=at) as trail:
        for group, line, size in _silent(wave):
            proposal, is_new = TopUp.objects.get_or_create(
                wave=wave,
                group=group,
                value=line.value,
                defaults={
                    "organisation_id": wave.organisation_id,
                    "treated": line.treated,
                    "heard": line.heard,
                    "representation": line.representation or 0.0,
                    "size": size,
                    "sequence": instead(group, line.value),
                    "proposed_at": at,
                },
            )
            if is_new:
                trail.write("sample.top_up_proposed", proposal, group=group, size=size)
                proposals.append(proposal)
    return proposals


def _silent(wave: Wave) -> Iterator[tuple[str, rules.Heard, int]]:
    members = SampleMember.objects.filter(
        wave__plan_id=wave.plan_id, wave__starts_on=wave.starts_on
    )
    rule = eligibilities()[wave.plan.eligibility]
    places = list(wave.plan.places.values_list("pk", flat=True))
    visits = visits_of_span(
        wave.plan.organisation, wave.starts_on, wave.ends_on, places, after=rule.after
    )
    visits = visits.filter(kind__in=rule.kinds)
    # Places are asked through the plan itself; a top-up asks people.
    for group in GROUPS[1:]:
        lines = heard_in(visits, members, group)
        everyone = sum(line.treated for line in lines)
        answers = sum(line.heard for line in lines)
        for line in lines:
            if not line.silent:
                continue
            size = rules.top_up_size(
                line.treated,
                line.heard,
                everyone,
                answers,
                below=limits().representation_below,
                lowest=limits().lowest_response,
                drawn=members.filter(**{f"visit__{group}": line.value}).count(),
            )
            yield group, line, max(size, limits().least_top_up)
