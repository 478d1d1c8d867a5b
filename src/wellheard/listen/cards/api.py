"""Comment cards from other systems: an app of the hospital, a kiosk of another maker."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Header, Router, Schema, Status
from ninja.errors import HttpError

from wellheard.base.vault.sealing import digest
from wellheard.listen.cards.actions import CardFields, receive_card
from wellheard.listen.cards.queries import card_place
from wellheard.listen.cards.rules import Card
from wellheard.listen.intake.rules.words import LONGEST, read_line
from wellheard.people.access.person import Person
from wellheard.people.patients.rules import ContactNotUnderstoodError

router = Router(tags=["cards"])


class CardIn(Schema):
    """A card. ``place`` is the code in the card's address; at least a rating or a story."""

    place: Annotated[str, Field(pattern=r"^[0-9A-Za-z \-]{3,12}$")]
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    story: Annotated[str, Field(max_length=LONGEST)] = ""
    language: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9\-]*$")] = ""
    reply: Literal["no", "sms", "email"] = "no"
    contact: Annotated[str, Field(max_length=254)] = ""
    name: Annotated[str, Field(max_length=120)] = ""
    received_at: datetime | None = None


class CardOut(Schema):
    """What became of it. ``follow``: the secret of the sender's page, given once."""

    id: int
    reference: str
    follow: str


@router.post("", response={201: CardOut}, summary="Send a comment card")
def send_card(
    request: HttpRequest,
    card: CardIn,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> Status[dict[str, Any]]:
    """Sending it again with the same ``Idempotency-Key`` keeps it once."""
    person: Person | None = getattr(request, "person", None)
    place = card_place(card.place)
    if person is None:
        raise PermissionDenied("card.enter")
    if place is None or place.organisation_id != person.organisation_id:
        raise HttpError(422, "place: there is no open place with this code")
    if not any(person.may(each, place_id=place.pk) for each in ("card.enter", "import.run")):
        raise PermissionDenied("card.enter")
    if card.rating is None and not card.story.strip():
        raise HttpError(422, "a card needs a rating or a story")
    if card.reply != "no" and not card.contact.strip():
        raise HttpError(422, "contact: needed for a reply")
    now = timezone.now()
    received_at = card.received_at
    if received_at is not None and received_at.tzinfo is None:
        received_at = received_at.replace(tzinfo=timezone.get_default_timezone())
    if received_at is not None and received_at > now:
        raise HttpError(422, "received_at: lies in the future")
    try:
        sent = receive_card(
            CardFields(
                place=place,
                card=_card(card),
                language=card.language,
                source="api",
                received_at=received_at,
                submission_key=_key(person, idempotency_key),
            ),
            by=person.actor,
            at=now,
        )
    except ContactNotUnderstoodError as error:
        raise HttpError(422, f"contact: no {error.kind} address that can be read") from error
    kept = {
        "id": sent.comment.pk,
        "reference": sent.comment.reference,
        "follow": sent.follow,
    }
    return Status(201, kept)


def _card(given: CardIn) -> Card:
    return Card(
        rating=given.rating,
        story=given.story,
        reply=given.reply,
        contact=read_line(given.contact, longest=254) if given.reply != "no" else "",
        name=read_line(given.name, longest=120) if given.reply != "no" else "",
    )


def _key(person: Person, idempotency_key: str) -> str | None:
    if not idempotency_key:
        return None
    return digest(f"{person.organisation_id}:{idempotency_key}", "api-card")
