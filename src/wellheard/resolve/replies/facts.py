"""What the rows of a reply say, for the rules."""

from __future__ import annotations

from django.conf import settings

from wellheard.listen.reviews.models import PublicReview, ReviewVersion
from wellheard.people.staff.models import User
from wellheard.resolve.complaints.models import Case, CaseComment
from wellheard.resolve.replies.models import PublicReply, ReplyDraft, ReplyTry, ReplyWay
from wellheard.resolve.replies.policy import desk, lint_rules
from wellheard.resolve.replies.rules.linting import Hit, lint, says
from wellheard.resolve.replies.rules.standing import Facts, State, Tone, state_of, tone_of

Outcome = ReplyTry.Outcome
# Written out, not reversed: a worker need not load every page of the house to name one of them.
# A test holds it to the address.
COMPLAINT = "/{language}/complaint/"


def newest_draft(reply: PublicReply) -> ReplyDraft | None:
    """The words as they stand now."""
    return reply.drafts.order_by("-number").first()


def newest_version(review: PublicReview) -> ReviewVersion:
    """What the review says now, as it was seen."""
    found = review.versions.order_by("-pk").first()
    assert found is not None, "a review is kept with its first version"
    return found


def standing_of(reply: PublicReply) -> State:
    """How the reply stands, from its rows."""
    draft = newest_draft(reply)
    tries = list(reply.tries.all())
    mine = [each.outcome for each in tries if draft is not None and each.draft_id == draft.pk]
    return state_of(
        Facts(
            has_draft=draft is not None,
            approved=draft is not None and draft.approved_at is not None,
            withdrawn=draft is not None and bool(draft.withdrawn_as),
            by_hand=way_of(reply.review) is None,
            waits=reply.publish_at is not None,
            outcomes=mine,
            open_elsewhere=any(
                each.outcome in ("", Outcome.UNKNOWN)
                for each in tries
                if draft is None or each.draft_id != draft.pk
            ),
            published=any(each.outcome == Outcome.PUBLISHED for each in tries),
        )
    )


def way_of(review: PublicReview) -> ReplyWay | None:
    """The way to the outlet, when it takes replies from a program."""
    return ReplyWay.objects.filter(outlet_id=review.outlet_id).first()


def tone(review: PublicReview) -> Tone:
    """Praise, criticism or both."""
    reading = getattr(review.comment, "reading", None) if review.comment_id else None
    return tone_of(
        None if review.rating is None else float(review.rating),
        review.rating_max,
        reading.sentiment if reading is not None else None,
        positive_from=desk().positive_from,
        negative_to=desk().negative_to,
    )


def is_safety(review: PublicReview) -> bool:
    """Whether the review says something that cannot wait."""
    concern = getattr(review.comment, "concern", None) if review.comment_id else None
    return concern is not None and (concern.tier == "immediate" or bool(concern.groups))


def case_of(review: PublicReview) -> Case | None:
    """The case the review led into, if any."""
    if review.comment_id is None:
        return None
    told = CaseComment.objects.filter(comment_id=review.comment_id).select_related("case")
    found = told.order_by("-pk").first()
    return found.case if found is not None else None


def contact(language: str) -> str:
    """Where to go on in private: the page on which somebody tells a person of ours."""
    return settings.ADDRESS + COMPLAINT.format(language=language)


def contacts() -> tuple[str, ...]:
    """Every way to reach us that a reply may name."""
    pages = [contact(code) for code, _name in settings.LANGUAGES]
    return (*pages, *filter(None, [settings.HELP_CONTACT]))


def hits_of(text: str, review: PublicReview) -> list[Hit]:
    """What may not be said in it, by the rules of today; names of our own people too."""
    organisation = review.organisation
    names = User.objects.filter(organisation=organisation).values_list("name", flat=True)
    allowed = (organisation.name, *contacts())
    hits = lint(text, lint_rules().rules, names=list(names), allowed=allowed)
    if not any(says(text, one) for one in contacts()):
        hits.append(Hit("contact", len(text), len(text), ""))
    if len(text) > longest(review):
        hits.append(Hit("length", len(text), len(text), ""))
    return hits


def longest(review: PublicReview) -> int:
    """How many characters the outlet takes."""
    protocols, way = desk().protocols, way_of(review)
    if way is not None:
        return protocols[way.protocol].longest
    return min(each.longest for each in protocols.values())
