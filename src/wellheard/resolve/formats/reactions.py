"""What follows when a letter has left. Safe to repeat."""

from __future__ import annotations

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.formats.actions import want_formats


def when_letter_left(happening: Happening) -> None:
    """The person's wishes choose the formats it is made in."""
    found = LetterDispatch.objects.select_related("case", "organisation").filter(
        pk=happening.number("dispatch_id"), organisation_id=happening.organisation_id
    )
    dispatch = found.first()
    if dispatch is not None:
        by = Actor.system(happening.organisation_id, "formats")
        want_formats(dispatch, by=by, at=happening.at)
