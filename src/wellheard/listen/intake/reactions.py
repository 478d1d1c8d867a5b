"""What intake does when something has arrived. Each is safe to repeat."""

from __future__ import annotations

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.listen.intake.actions import take_up
from wellheard.listen.intake.queries import comments_of_batch


def when_comment_received(happening: Happening) -> None:
    """Link it to an earlier telling, else give it an owner."""
    by = Actor.system(happening.organisation_id, "intake")
    take_up([happening.number("comment_id")], by=by, at=happening.at)


def when_comments_imported(happening: Happening) -> None:
    """The same for a whole batch."""
    by = Actor.system(happening.organisation_id, "intake")
    ids = comments_of_batch(happening.organisation_id, str(happening.ids["batch"]))
    take_up(ids, by=by, at=happening.at)
