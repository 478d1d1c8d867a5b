"""Taking a reply on, and writing it."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.listen.reviews.models import PublicReview
from wellheard.people.staff.models import User
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.models import PublicReply, ReplyDraft
from wellheard.resolve.replies.policy import LANGUAGES, Template, lint_rules, templates
from wellheard.resolve.replies.rules.linting import Hit


class ReplyStateError(Exception):
    """This cannot be done as the reply stands; ``state`` says how it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class BlockedError(Exception):
    """The words say what may not be said; nothing was kept."""

    def __init__(self, hits: list[Hit]) -> None:
        super().__init__("blocked")
        self.hits = hits


def take_reply(review: PublicReview, owner: User | None, *, by: Actor, at: datetime) -> PublicReply:
    """Say who answers. Raises ReplyStateError when it is answered."""
    with acting(by, at=at) as trail:
        reply = opened(review, at)
        state = facts.standing_of(reply)
        if state == "published":
            raise ReplyStateError(state)
        reply.owner = owner
        reply.save(update_fields=["owner"])
        trail.write("reply.taken", reply, owner=owner.pk if owner else 0)
    return reply


def opened(review: PublicReview, at: datetime) -> PublicReply:
    """The reply to a review, locked; made when there is none."""
    PublicReply.objects.get_or_create(
        review=review, defaults={"organisation_id": review.organisation_id, "opened_at": at}
    )
    return PublicReply.objects.select_for_update().get(review=review)


def beginnings(review: PublicReview, language: str) -> list[Template]:
    """What a draft may start from: for a review about safety only that which leads away from the
    public, otherwise those of its tone first."""
    mine = [each for each in templates() if each.language == language]
    if facts.is_safety(review):
        return [each for each in mine if each.tone == "safety"]
    tone = facts.tone(review)
    others = [each for each in mine if each.tone not in (tone, "safety")]
    return [each for each in mine if each.tone == tone] + others


def filled(template: Template, review: PublicReview) -> str:
    """The words of a beginning."""
    return template.text.format(
        organisation=review.organisation.name, contact=facts.contact(template.language)
    )


def spoken(review: PublicReview) -> str:
    """The language to answer in: the review's, where we have it."""
    return review.language if review.language in LANGUAGES else LANGUAGES[0]


def write_draft(
    review: PublicReview, *, text: str, language: str, template: str, writer: User, by: Actor,
    at: datetime,
) -> ReplyDraft:  # fmt: skip
    """Keep new words, which nobody has approved yet. Raises ReplyStateError, and BlockedError when
    they say what may not be said: then only the kinds of hits are written down."""
    with acting(by, at=at) as trail:
        reply = opened(review, at)
        _may_write(reply)
        hits = facts.hits_of(text, review)
        if not hits:
            return _kept(reply, text, language, template, writer, at, trail)
        note_blocked(reply, hits, "draft", trail)
    raise BlockedError(hits)


def note_blocked(reply: PublicReply, hits: list[Hit], where: str, trail: Trail) -> None:
    """Write down that words were stopped, and of which kinds; never the words."""
    kinds = sorted({hit.kind for hit in hits})
    trail.write("reply.blocked", reply, kinds=kinds, where=where, rules=lint_rules().version)


def _may_write(reply: PublicReply) -> None:
    state = facts.standing_of(reply)
    # While nobody knows whether the last words stand there, others could be the second reply.
    if state in ("published", "uncertain", "publishing"):
        raise ReplyStateError(state)
    if reply.review.state != PublicReview.State.STANDS:
        raise ReplyStateError(reply.review.state)


def _kept(
    reply: PublicReply, text: str, language: str, template: str, writer: User, at: datetime,
    trail: Trail,
) -> ReplyDraft:  # fmt: skip
    version = next((each.version for each in templates() if each.code == template), "")
    draft = ReplyDraft.objects.create(
        reply=reply,
        number=reply.drafts.count() + 1,
        text=text,
        language=language,
        template=template if version else "",
        template_version=version,
        lint_version=lint_rules().version,
        review_version=facts.newest_version(reply.review),
        written_by=writer,
        at=at,
    )
    reply.publish_at = None
    if reply.owner_id is None:
        reply.owner = writer
    reply.save(update_fields=["publish_at", "owner"])
    trail.write("reply.drafted", reply, number=draft.number, template=draft.template)
    return draft
