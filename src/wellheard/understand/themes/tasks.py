"""The jobs that read comments in portions, learn from corrections, and draw the monthly sample."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment
from wellheard.people.places.models import Organisation
from wellheard.understand.themes.actions import AT_ONCE, label_comments
from wellheard.understand.themes.sampling import draw_sample
from wellheard.understand.themes.teaching import TooFewExamplesError, retrain


@task()
def label_portion(organisation_id: int, batch: str, comment_ids: list[int]) -> None:
    """Read one portion of an import and tell the house which."""
    at = timezone.now()
    by = Actor.system(organisation_id, "themes")
    with acting(by, at=at) as trail:
        label_comments(comment_ids, by=by, at=at)
        trail.publish(
            "understand.comments_labelled",
            batch=batch,
            first_id=comment_ids[0],
            last_id=comment_ids[-1],
        )


@task()
def retrain_comments(organisation_id: int, ref: str, name: str) -> None:
    """Learn from the corrections of a site; nothing happens where there are too few."""
    by = Actor("staff", ref, organisation_id, name)
    try:
        retrain(by=by, at=timezone.now())
    except TooFewExamplesError:
        return


@task()
def read_again(organisation_id: int) -> None:
    """Read all comments of a site again, in portions; corrections stay in force. It raises no new
    concern: what was weighed once is weighed again only when a person changes it."""
    ids = list(
        Comment.objects.filter(organisation_id=organisation_id)
        .exclude(text="")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for start in range(0, len(ids), AT_ONCE):
        read_portion_again.enqueue(organisation_id, ids[start : start + AT_ONCE])


@task()
def read_portion_again(organisation_id: int, comment_ids: list[int]) -> None:
    """Read one portion again."""
    label_comments(comment_ids, by=Actor.system(organisation_id, "themes"), at=timezone.now())


def draw_samples(now: datetime) -> None:
    """Draw last month's sample of every organisation; what is drawn already stays."""
    last = timezone.localdate(now).replace(day=1) - timedelta(days=1)
    for organisation in Organisation.objects.order_by("pk"):
        by = Actor.system(organisation.pk, "themes")
        draw_sample(last, by=by, at=now)
