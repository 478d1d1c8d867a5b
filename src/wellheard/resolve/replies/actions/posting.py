"""What a person does about publishing: put it there by hand, settle what nobody knows, try again,
and say how an outlet takes replies."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.reviews.models import Outlet
from wellheard.people.staff.models import User
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.actions.drafting import (
    BlockedError,
    ReplyStateError,
    note_blocked,
)
from wellheard.resolve.replies.actions.publishing import Outcome, hand_over
from wellheard.resolve.replies.actions.withdrawing import why_changed
from wellheard.resolve.replies.models import PublicReply, ReplyTry, ReplyWay


def mark_posted(reply: PublicReply, *, url: str, user: User, by: Actor, at: datetime) -> ReplyTry:
    """Write down that approved words were put there by hand, and where they stand.

    Raises ReplyStateError, and BlockedError when the rules of today would stop them.
    """
    with acting(by, at=at) as trail:
        reply = PublicReply.objects.select_for_update().get(pk=reply.pk)
        state = facts.standing_of(reply)
        # A program that failed for good may be stood in for by a hand.
        if state not in ("to_post", "failed"):
            raise ReplyStateError(state)
        draft = facts.newest_draft(reply)
        assert draft is not None
        changed = why_changed(draft, reply.review)
        if changed:
            raise ReplyStateError(changed)
        hits = facts.hits_of(draft.text, reply.review)
        if not hits:
            made = ReplyTry.objects.create(
                reply=reply, draft=draft, number=reply.tries.count() + 1, way=ReplyTry.Way.HAND,
                outcome=Outcome.PUBLISHED, url=url[:500], by=user, started_at=at, ended_at=at,
            )  # fmt: skip
            trail.write("reply.published", reply, number=draft.number, way=made.way)
            trail.publish("resolve.reply_published", reply_id=reply.pk)
            return made
        note_blocked(reply, hits, "publishing", trail)
    raise BlockedError(hits)


def settle(reply: PublicReply, *, is_there: bool, user: User, by: Actor, at: datetime) -> None:
    """Say, after looking, whether words whose try never came back stand in public. Raises
    ReplyStateError."""
    with acting(by, at=at) as trail:
        reply = PublicReply.objects.select_for_update().get(pk=reply.pk)
        state = facts.standing_of(reply)
        if state != "uncertain":
            raise ReplyStateError(state)
        if reply.leased_until is not None and reply.leased_until > at:
            # The worker still waits for the outlet's answer.
            raise ReplyStateError("publishing")
        hanging = list(reply.tries.filter(outcome__in=("", Outcome.UNKNOWN)))
        for made in hanging:
            made.outcome = Outcome.NOT_THERE
            if is_there and made is hanging[-1]:
                made.outcome = Outcome.PUBLISHED
            made.by, made.ended_at = user, made.ended_at or at
            made.save(update_fields=["outcome", "by", "ended_at"])
        reply.lease, reply.leased_until = "", None
        reply.save(update_fields=["lease", "leased_until"])
        trail.write("reply.settled", reply, there=is_there)
        if is_there:
            trail.publish("resolve.reply_published", reply_id=reply.pk)


def try_again(reply: PublicReply, *, by: Actor, at: datetime) -> None:
    """Publish by the program once more. Raises ReplyStateError."""
    with acting(by, at=at) as trail:
        reply = PublicReply.objects.select_for_update().get(pk=reply.pk)
        state = facts.standing_of(reply)
        if state not in ("failed", "to_post") or facts.way_of(reply.review) is None:
            raise ReplyStateError(state)
        reply.publish_at = at
        reply.save(update_fields=["publish_at"])
        hand_over(reply, at)
        trail.write("reply.tried_again", reply)


def set_way(
    outlet: Outlet, *, protocol: str, address: str, token: str, by: Actor, at: datetime
) -> ReplyWay | None:
    """Say how replies reach an outlet; "" for ``protocol``: by hand. An empty token keeps the one
    there is."""
    with acting(by, at=at) as trail:
        kept = ReplyWay.objects.filter(outlet=outlet).first()
        if not protocol:
            ReplyWay.objects.filter(outlet=outlet).delete()
            trail.write("reply_way.by_hand", outlet)
            return None
        secret = token or (kept.token if kept is not None else "")
        way, _ = ReplyWay.objects.update_or_create(
            outlet=outlet,
            defaults={"protocol": protocol, "address": address, "token": secret, "set_at": at},
        )
        trail.write("reply_way.set", outlet, protocol=protocol)
    return way
