"""Publishing by a program: claim and look once more in one transaction, hand over outside any,
write down what came of it in another.

A worker killed between any two steps leaves either a reply that still waits, or a try that never
came back and whose lease runs out; then the same words go again with the same key. An outlet that
knows the key (or puts the words in place of themselves) shows them once.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.actions.drafting import note_blocked
from wellheard.resolve.replies.actions.withdrawing import why_changed, withdraw
from wellheard.resolve.replies.codec import Posted, Posting, posting
from wellheard.resolve.replies.models import PublicReply, ReplyDraft, ReplyTry, ReplyWay
from wellheard.resolve.replies.policy import desk
from wellheard.resolve.replies.rules.standing import wait_after
from wellheard.resolve.replies.transport import PostError, post

logger = logging.getLogger("wellheard.replies")
Outcome = ReplyTry.Outcome
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Parcel:
    """A reply ready to be handed over: the try that is written down, and what to hand."""

    try_id: int
    posting: Posting
    token: str


# Named a task here, not in tasks.py: approving must be able to enqueue it.
@task()
def publish_reply(reply_id: int) -> None:
    publish_one(reply_id, clock=timezone.now)


def hand_over(reply: PublicReply, at: datetime) -> None:
    """Give the reply to the worker, in the open transaction."""
    reply.handed_until = at + timedelta(seconds=desk().publishing.lease)
    reply.save(update_fields=["handed_until"])
    publish_reply.enqueue(reply.pk)


def sweep_due(now: datetime) -> int:
    """Hand over what waits, or was left behind by a killed worker; how many."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    idle = Q(handed_until__isnull=True) | Q(handed_until__lte=now)
    waiting = PublicReply.objects.filter(free, idle, publish_at__lte=now)
    found = list(waiting.order_by("publish_at", "pk")[:_AT_ONCE])
    for reply in found:
        hand_over(reply, now)
    return len(found)


def publish_one(reply_id: int, *, clock: Callable[[], datetime]) -> None:
    """Publish a reply if its time has come and nobody else does; otherwise do nothing."""
    parcel = pack(reply_id, now=clock())
    if parcel is None:
        return
    try:
        posted = post(parcel.posting, parcel.token)
    except PostError as error:
        note_failure(parcel.try_id, error, at=clock())
    except Exception as error:
        # A fault of ours must not leave a reply hanging: it counts as a try that may have arrived.
        name = type(error).__name__
        logger.error("publishing fault", extra={"try": parcel.try_id, "error": name})
        note_failure(parcel.try_id, PostError(f"fault-{name}", unknown=True), at=clock())
    else:
        note_published(parcel.try_id, posted, at=clock())


def pack(reply_id: int, *, now: datetime) -> Parcel | None:
    """Claim the reply, look once more and write the try down. None: nothing to publish."""
    owner = PublicReply.objects.filter(pk=reply_id).values_list("organisation_id", flat=True)
    organisation_id = owner.first()
    if organisation_id is None:
        return None
    with acting(_publisher(organisation_id), at=now) as trail:
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        claimable = PublicReply.objects.select_for_update(of=("self",)).filter(
            free, pk=reply_id, publish_at__lte=now
        )
        reply = claimable.select_related("review__outlet", "review__organisation").first()
        return _looked_at(reply, now, trail) if reply is not None else None


def _looked_at(reply: PublicReply, now: datetime, trail: Trail) -> Parcel | None:
    draft, way = facts.newest_draft(reply), facts.way_of(reply.review)
    if draft is None or draft.approved_at is None or draft.withdrawn_as or way is None:
        _rest(reply)
        return None
    changed = why_changed(draft, reply.review)
    if changed:
        withdraw(reply, changed, now, trail)
        return None
    hits = facts.hits_of(draft.text, reply.review)
    if hits:
        note_blocked(reply, hits, "publishing", trail)
        withdraw(reply, ReplyDraft.Withdrawn.RULES, now, trail)
        return None
    if draft.tries.filter(way="api").count() >= desk().publishing.most_tries * (1 + rounds(draft)):
        # A reply whose publishing kills the worker never gets to note its failure.
        _rest(reply)
        trail.write("reply.gave_up", reply, number=draft.number)
        return None
    return _parcel(reply, draft, way, now)


def _parcel(reply: PublicReply, draft: ReplyDraft, way: ReplyWay, now: datetime) -> Parcel:
    lease = uuid.uuid4().hex
    made = ReplyTry.objects.create(
        reply=reply, draft=draft, number=reply.tries.count() + 1, way=ReplyTry.Way.API,
        lease=lease, started_at=now,
    )  # fmt: skip
    reply.lease, reply.leased_until = lease, now + timedelta(seconds=desk().publishing.lease)
    reply.save(update_fields=["lease", "leased_until"])
    what = posting(
        asdict(desk().protocols[way.protocol]), address=way.address,
        review_id=reply.review.external_id, text=draft.text, language=draft.language,
        key=f"wellheard-{reply.organisation_id}-{reply.pk}-{draft.number}-{rounds(draft)}",
    )  # fmt: skip
    return Parcel(made.pk, what, way.token)


def rounds(draft: ReplyDraft) -> int:
    """How often a person looked and found that these words are not there."""
    return draft.tries.filter(outcome=Outcome.NOT_THERE).count()


def note_published(try_id: int, posted: Posted, *, at: datetime) -> None:
    """Write down that it stands in public."""
    made = ReplyTry.objects.select_related("reply", "draft").get(pk=try_id)
    with acting(_publisher(made.reply.organisation_id), at=at) as trail:
        reply = PublicReply.objects.select_for_update().get(pk=made.reply_id)
        made.ended_at = at
        if reply.tries.filter(outcome=Outcome.PUBLISHED).exists():
            # Two tries at the same words, both answered: one and the same reply.
            made.outcome, made.code = Outcome.FAILED, "published-by-another-try"
            made.save(update_fields=["outcome", "code", "ended_at"])
            return
        made.outcome, made.external_id, made.url = Outcome.PUBLISHED, posted.external_id, posted.url
        made.save(update_fields=["outcome", "external_id", "url", "ended_at"])
        _rest(reply)
        trail.write("reply.published", reply, number=made.draft.number, way=made.way)
        trail.publish("resolve.reply_published", reply_id=reply.pk)


def note_failure(try_id: int, error: PostError, *, at: datetime) -> None:
    """Write down what went wrong, and when it is tried again, if ever."""
    made = ReplyTry.objects.select_related("reply", "draft").get(pk=try_id)
    with acting(_publisher(made.reply.organisation_id), at=at) as trail:
        reply = PublicReply.objects.select_for_update().get(pk=made.reply_id)
        made.outcome = Outcome.UNKNOWN if error.unknown else Outcome.FAILED
        made.code, made.ended_at = error.code[:60], at
        made.save(update_fields=["outcome", "code", "ended_at"])
        trail.write("reply.failed", reply, code=made.code, outcome=made.outcome)
        if reply.lease != made.lease:
            return
        how = desk().publishing
        tries = made.draft.tries.filter(way="api").count() - how.most_tries * rounds(made.draft)
        wait = None if error.for_good else wait_after(max(1, tries), how.waits, how.most_tries)
        again = at + wait if wait is not None and reply.publish_at is not None else None
        _rest(reply, again)


def _rest(reply: PublicReply, again: datetime | None = None) -> None:
    reply.publish_at, reply.handed_until = again, again
    reply.leased_until, reply.lease = None, ""
    reply.save(update_fields=["publish_at", "handed_until", "leased_until", "lease"])


def _publisher(organisation_id: int) -> Actor:
    return Actor.system(organisation_id, "replies")
