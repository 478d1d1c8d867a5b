"""Deciding what happens with a comment, who answers for it, and sending praise where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment, Disposition, Ownership, PassedOn
from wellheard.listen.intake.rules.words import read_line
from wellheard.people.staff.models import User


def decide_comment(
    *, comment_id: int, kind: str, why: str = "", by: Actor, at: datetime
) -> Disposition:
    """Write what was decided ("case", "answered", "noted" ...). Saying it twice changes nothing.

    Raises Comment.DoesNotExist, and ValueError for a kind that does not exist.
    """
    if kind not in Disposition.Kind.values:
        raise ValueError(f"a comment cannot be {kind!r}")
    with acting(by, at=at) as trail:
        comment = _of(by, comment_id)
        newest = comment.dispositions.order_by("-at", "-pk").first()
        if newest is not None and newest.kind == kind and not why:
            return newest
        decided = Disposition.objects.create(
            organisation_id=comment.organisation_id,
            comment=comment,
            kind=kind,
            why=read_line(why, longest=300),
            by=f"{by.kind}:{by.ref}",
            by_name=by.name[:120],
            at=at,
        )
        Comment.objects.filter(pk=comment.pk).update(disposition=kind)
        trail.write("comment_decided", comment, disposition=kind)
        trail.publish("listen.comment_decided", comment_id=comment.pk, disposition=kind)
    return decided


def assign_owner(
    *, comment_id: int, owner: User, why: str = "assigned", by: Actor, at: datetime
) -> Ownership | None:
    """Make ``owner`` the one who answers for the comment; None when they already are.

    Raises Comment.DoesNotExist, and ValueError for a user of another organisation.
    """
    if owner.organisation_id != by.organisation_id:
        raise ValueError("the owner works in another organisation")
    with acting(by, at=at) as trail:
        comment = _of(by, comment_id)
        if comment.owner_id == owner.pk:
            return None
        row = Ownership.objects.create(
            organisation_id=comment.organisation_id,
            comment=comment,
            owner=owner,
            why=why,
            by=f"{by.kind}:{by.ref}",
            at=at,
        )
        Comment.objects.filter(pk=comment.pk).update(owner=owner)
        trail.write("comment_owned", comment, owner=owner.pk, why=why)
    return row


def pass_on(
    *,
    comment_id: int,
    to: Sequence[int] = (),
    named: str = "",
    by: Actor,
    at: datetime,
) -> list[PassedOn]:
    """Send a compliment to the place it praises: to everybody there, or to the users ``to``.

    ``named``: whom the patient thanked by name, when that person has no account. Repeating it
    sends nothing twice. Raises ValueError when the comment names no place.
    """
    with acting(by, at=at) as trail:
        comment = _of(by, comment_id)
        if comment.place_id is None:
            raise ValueError("praise can only be passed on to a place")
        rows = [
            _pass(comment, comment.place_id, user_id, named, by, at) for user_id in (to or (None,))
        ]
        new = [row for row, is_new in rows if is_new]
        if new:
            decide_comment(comment_id=comment_id, kind="passed_on", by=by, at=at)
            trail.write("comment_passed_on", comment, count=len(new))
            trail.publish("listen.comment_passed_on", comment_id=comment.pk)
    return [row for row, _ in rows]


def _pass(
    comment: Comment, place_id: int, user_id: int | None, named: str, by: Actor, at: datetime
) -> tuple[PassedOn, bool]:
    if user_id is not None:
        # another organisation's user does not exist here
        user_id = User.objects.get(pk=user_id, organisation_id=comment.organisation_id).pk
    return PassedOn.objects.get_or_create(
        comment=comment,
        place_id=place_id,
        to_id=user_id,
        named=read_line(named, longest=120),
        defaults={
            "organisation_id": comment.organisation_id,
            "by": f"{by.kind}:{by.ref}",
            "by_name": by.name[:120],
            "at": at,
        },
    )


def _of(by: Actor, comment_id: int) -> Comment:
    return Comment.objects.get(pk=comment_id, organisation_id=by.organisation_id)
