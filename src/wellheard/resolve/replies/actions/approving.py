"""The second person, and taking an approval back."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.people.staff.models import User
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.actions.drafting import BlockedError, ReplyStateError, note_blocked
from wellheard.resolve.replies.actions.publishing import hand_over
from wellheard.resolve.replies.actions.withdrawing import why_changed, withdraw
from wellheard.resolve.replies.models import PublicReply, ReplyDraft
from wellheard.resolve.replies.policy import lint_rules

Withdrawn = ReplyDraft.Withdrawn


class SamePersonError(Exception):
    """Nobody approves their own words."""


def approve(draft: ReplyDraft, *, approver: User, by: Actor, at: datetime) -> ReplyDraft:
    """Approve words as they stand; an outlet with a program is then written to by itself.

    Raises SamePersonError, ReplyStateError (also when the draft is no longer the newest), and
    BlockedError when the rules of today would stop it.
    """
    with acting(by, at=at) as trail:
        reply = PublicReply.objects.select_for_update().get(pk=draft.reply_id)
        newest = facts.newest_draft(reply)
        if newest is None or newest.pk != draft.pk:
            raise ReplyStateError("edited")
        if newest.written_by_id == approver.pk:
            raise SamePersonError
        _may_approve(reply, newest, at, trail)
        hits = facts.hits_of(newest.text, reply.review)
        if not hits:
            _approved(reply, newest, approver, at, trail)
            return newest
        note_blocked(reply, hits, "approval", trail)
    raise BlockedError(hits)


def take_back(reply: PublicReply, *, by: Actor, at: datetime) -> None:
    """Take an approval back before it is published. Raises ReplyStateError."""
    with acting(by, at=at) as trail:
        reply = PublicReply.objects.select_for_update().get(pk=reply.pk)
        state = facts.standing_of(reply)
        if state not in ("to_post", "publishing", "failed") or reply.lease:
            raise ReplyStateError(state)
        withdraw(reply, Withdrawn.TAKEN_BACK, at, trail)


def _may_approve(reply: PublicReply, draft: ReplyDraft, at: datetime, trail: Trail) -> None:
    state = facts.standing_of(reply)
    if state != "drafted":
        raise ReplyStateError(state)
    changed = why_changed(draft, reply.review)
    if changed:
        raise ReplyStateError(changed)
    if facts.is_safety(reply.review) and facts.case_of(reply.review) is None:
        raise ReplyStateError("no_case")


def _approved(
    reply: PublicReply, draft: ReplyDraft, approver: User, at: datetime, trail: Trail
) -> None:
    draft.approved_by, draft.approved_at = approver, at
    draft.approved_lint = lint_rules().version
    draft.save(update_fields=["approved_by", "approved_at", "approved_lint"])
    trail.write("reply.approved", reply, number=draft.number)
    if facts.way_of(reply.review) is not None:
        reply.publish_at = at
        reply.save(update_fields=["publish_at"])
        hand_over(reply, at)
