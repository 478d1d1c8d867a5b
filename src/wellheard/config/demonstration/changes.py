"""What the invented teams changed, and the analyses that were made since."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.config.demonstration.answers import Plan
from wellheard.config.demonstration.people import Hospital, truths
from wellheard.prove.effects.actions import note_change
from wellheard.prove.reviews.tasks import review_weeks
from wellheard.understand.dissatisfaction.tasks import count_again
from wellheard.understand.findings.tasks import look_again

_CHANGES = (
    ("monday-peak", "fixed_days_ago", "A second check-in nurse on Monday mornings"),
    ("empty-training", "days_ago", "Communication training for the whole team"),
)


def note_planted(hospital: Hospital, plan: Plan, now: datetime) -> None:
    """Note the two planted changes (one helped, one did not) and make two weekly analyses."""
    for truth_id, days, what in _CHANGES:
        truth = truths()[truth_id]
        started_on = plan.last_day - timedelta(days=truth[days])
        note_change(
            hospital.place(truth["place"]),
            what=what,
            started_on=started_on,
            measure=truth["item"],
            by=Actor.system(hospital.organisation.pk, "demonstration"),
            at=now,
        )
    look_again(now)
    count_again(now)
    review_weeks(now - timedelta(days=7))
    review_weeks(now)
