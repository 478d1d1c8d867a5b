"""What runs by itself: the week's analysis, and the alarm when nobody signed it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wellheard.base.audit.actor import Actor
from wellheard.people.places.models import Organisation
from wellheard.prove.reviews.actions import make_review, notice_missed
from wellheard.prove.reviews.rules import review_policy, week_due


def review_weeks(now: datetime) -> None:
    """Every organisation: make the analysis that is due, and notice what nobody read."""
    for organisation in Organisation.objects.order_by("pk"):
        by = Actor.system(organisation.pk, "reviews")
        week = week_due(now.astimezone(ZoneInfo(organisation.zone)), review_policy())
        make_review(organisation.pk, week, by=by, at=now)
        notice_missed(organisation.pk, by=by, at=now)
