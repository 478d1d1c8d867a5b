"""Comment cards on paper: printed and scanned as sheets are, kept as cards are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from wellheard.base.audit.actor import Actor
from wellheard.base.vault.sealing import digest
from wellheard.listen.cards.actions.send import CardFields, receive_card
from wellheard.listen.cards.rules import is_empty
from wellheard.listen.intake.models import Comment
from wellheard.listen.sheets.models import Sheet
from wellheard.listen.sheets.rules import CARD, card_of, with_readable_reply
from wellheard.listen.surveys.instruments import Instrument, instrument
from wellheard.listen.surveys.rules import read_instrument
from wellheard.people.patients.rules import ContactNotUnderstoodError, read_contact


@cache
def card_questions() -> Instrument:
    """What is asked on a printed card."""
    text = files(__package__).joinpath("data", "card-1.json").read_text(encoding="utf-8")
    return read_instrument(json.loads(text))


def questions(code: str, version: int | None, *, organisation_id: int) -> Instrument:
    """What a run asks: a survey, or the comment card. Raises NoInstrumentError."""
    if code == CARD:
        return card_questions()
    return instrument(code, version, organisation_id=organisation_id)


def keep_card(
    sheet: Sheet, answers: Mapping[str, object], *, by: Actor, at: datetime
) -> Comment | None:
    """What a card says as a comment; None when nothing is on it. Keeping it twice is once.

    What was written for a reply and is neither a number nor an address is not lost: it stands
    beneath the words, and the comment waits for a reply.
    """
    card = card_of(answers)
    if is_empty(card) and not card.wants_reply:
        return None
    try:
        if card.contact:
            read_contact(card.reply, card.contact, sheet.organisation.country)
    except ContactNotUnderstoodError:
        card = with_readable_reply(card)
    fields = CardFields(
        place=sheet.place,
        touchpoint=sheet.touchpoint,
        card=card,
        language=sheet.run.language,
        source="paper",
        received_at=sheet.came_at,
        submission_key=digest(f"sheet:{sheet.pk}", "sheet"),
    )
    return receive_card(fields, by=by, at=at).comment
