"""Watching for bursts: one alarm for one, however many voices it has."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.reviews.models import BurstAlarm, PublicReview
from wellheard.listen.reviews.policy import public_policy
from wellheard.listen.reviews.rules import is_burst
from wellheard.people.places.models import Organisation


def watch_bursts(organisation: Organisation, *, by: Actor, at: datetime) -> BurstAlarm | None:
    """Open an alarm, keep the open one up to date, or close it when the window is quiet again.

    The alarm that is open now, if any; the home shows it as one.
    """
    burst = public_policy().burst
    window = at - timedelta(hours=burst["window_hours"])
    voices = PublicReview.objects.filter(organisation=organisation).exclude(
        state=PublicReview.State.SPAM
    )
    count = voices.filter(written_at__gt=window, written_at__lte=at).count()
    before = voices.filter(
        written_at__gt=window - timedelta(days=burst["baseline_days"]), written_at__lte=window
    ).count()
    bursting, expected, chance = is_burst(count, before, burst)
    with acting(by, at=at) as trail:
        alarm = BurstAlarm.objects.filter(organisation=organisation, closed_at=None).first()
        if alarm is None and bursting:
            alarm = BurstAlarm.objects.create(
                organisation=organisation, count=count, expected=expected, chance=chance,
                opened_at=at, last_at=at,
            )  # fmt: skip
            trail.write("burst.began", alarm, count=count)
        elif alarm is not None and bursting:
            alarm.count, alarm.last_at = max(alarm.count, count), at
            alarm.save(update_fields=["count", "last_at"])
        elif alarm is not None and count < burst["fewest"]:
            alarm.closed_at = at
            alarm.save(update_fields=["closed_at"])
            trail.write("burst.ended", alarm)
            return None
    return alarm
