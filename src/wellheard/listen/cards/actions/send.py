"""Sending a card: the patient (if they said who they are), their consent, the comment, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, new_token
from wellheard.listen.cards import store
from wellheard.listen.cards.actions.drafts import Draft, draft_key, files_of
from wellheard.listen.cards.models import FollowLink
from wellheard.listen.cards.queries import Spot
from wellheard.listen.cards.rules import DRAFT_LIVES, Card
from wellheard.listen.cards.vocabulary import consent_code
from wellheard.listen.intake.actions import NewComment, add_attachment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.queries import comment_by_submission
from wellheard.listen.intake.rules.files import Received
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Place, Touchpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFields:
    """A card as it reached us, on screen ("card") or keyed from paper ("paper")."""

    place: Place
    card: Card
    language: str
    touchpoint: Touchpoint | None = None
    source: str = "card"
    received_at: datetime | None = None
    files: Sequence[Received] = ()
    submission_key: str | None = None
    follow_secret: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a card. ``follow``: the secret of its follow page; "" when nobody asked for
    a reply, or when the card had been sent before."""

    comment: Comment
    follow: str = ""


def receive_card(fields: CardFields, *, by: Actor, at: datetime) -> Sent:
    """Keep a card. Repeating it with the same ``submission_key`` keeps it once.

    Raises TooLongError, and patients.rules.ContactNotUnderstoodError.
    """
    with acting(by, at=at):
        card = fields.card
        patient = None
        if card.wants_reply and card.contact:
            earlier = comment_by_submission(fields.submission_key or "")
            if earlier is not None:
                return Sent(earlier)
            patient = _patient(fields, by, at)
        comment = receive_comment(
            NewComment(
                organisation=fields.place.organisation,
                source=fields.source,
                place=fields.place,
                touchpoint_id=fields.touchpoint.pk if fields.touchpoint else None,
                mode=card.mode,
                text=card.story,
                rating=card.rating,
                rating_max=5 if card.rating is not None else None,
                language=fields.language,
                received_at=fields.received_at,
                patient=patient,
                wants_reply=card.wants_reply,
                submission_key=fields.submission_key,
            ),
            by=by,
            at=at,
        )
        for received in fields.files:
            add_attachment(comment=comment, received=received, by=by, at=at)
        if patient is None:
            return Sent(comment)
        return Sent(comment, make_follow_link(comment, at=at, secret=fields.follow_secret))


def send_draft(draft: Draft, *, spot: Spot, language: str, by: Actor, at: datetime) -> Sent:
    """Turn a draft into a comment and leave a receipt in its place. Safe to repeat."""
    key = draft_key(draft.token)
    with acting(by, at=at):
        fields = CardFields(
            place=spot.place,
            touchpoint=spot.touchpoint,
            card=draft.card,
            language=language,
            files=files_of(draft.token) if draft.card.files else (),
            submission_key=key,
            follow_secret=follow_secret(draft.token),
        )
        sent = receive_card(fields, by=by, at=at)
        store.leave_receipt(
            key,
            sent.comment.pk,
            on_kiosk=draft.card.on_kiosk,
            by_email=draft.card.reply == "email",
            until=at + DRAFT_LIVES,
        )
        store.drop(key, with_files=draft.card.files > 0)
    return sent


def follow_secret(token: str) -> str:
    """The secret of the follow page of the card written under this token.

    It follows from the token (and our key), so the last page can show it again for a day while
    the database keeps only its digest.
    """
    return digest(token, "follow-secret")


def make_follow_link(comment: Comment, *, at: datetime, secret: str = "") -> str:
    """A secret for the follow page of a comment; the one before it stops working."""
    secret = secret or new_token()
    FollowLink.objects.update_or_create(
        comment=comment, defaults={"secret_digest": digest(secret, "follow"), "made_at": at}
    )
    return secret


def _patient(fields: CardFields, by: Actor, at: datetime) -> Patient | None:
    card = fields.card
    patient = recognise_patient(
        organisation=fields.place.organisation,
        name=card.name,
        email=card.contact if card.reply == "email" else "",
        phone=card.contact if card.reply == "sms" else "",
        language=fields.language,
        place=fields.place,
        by=by,
        at=at,
    )
    if patient is not None:
        give_consent(
            patient=patient,
            channel=card.reply,
            purpose="reply",
            wording=consent_code(fields.language),
            source=fields.source,
            by=by,
            at=at,
        )
    return patient
