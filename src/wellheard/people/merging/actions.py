"""Merging a place into another, and taking that back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Place, PlaceMerge


class CannotMergeError(ValueError):
    """The two places cannot become one; the message says why."""


def merge_place(old: Place, into: Place, *, why: str, by: Actor, at: datetime) -> PlaceMerge:
    """From now on what is said of ``old`` is said of ``into``; what was said stays where it is.

    The old place closes; its name in files and its code on posters lead to the other. Raises
    CannotMergeError.
    """
    _check(old, into)
    with acting(by, at=at) as trail:
        day = at.astimezone(ZoneInfo(old.site.zone)).date()
        merge = PlaceMerge.objects.create(
            organisation_id=old.organisation_id, old=old, into=into, day=day,
            why=" ".join(why.split())[:200], merged_at=at,
        )  # fmt: skip
        Place.objects.filter(pk=old.pk).update(closed_on=day)
        trail.write("place.merged", old, into=into.pk)
    return merge


def undo_merge(merge: PlaceMerge, *, by: Actor, at: datetime) -> None:
    """Open the old place again. What came in between stays with the place it was kept for."""
    with acting(by, at=at) as trail:
        standing = PlaceMerge.objects.filter(pk=merge.pk, undone_at__isnull=True)
        if not standing.update(undone_at=at):
            raise CannotMergeError("this was already taken back")
        Place.objects.filter(pk=merge.old_id).update(closed_on=None)
        trail.write("place.merge_undone", merge.old, into=merge.into_id)


def _check(old: Place, into: Place) -> None:
    if old.pk == into.pk:
        raise CannotMergeError("a place cannot be merged into itself")
    if old.site_id != into.site_id:
        raise CannotMergeError("both places must be of the same site")
    if not (old.is_open and into.is_open):
        raise CannotMergeError("both places must be open")
