"""A batch of paper cards: all kept or none, and copies found at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest
from wellheard.listen.cards.actions.send import CardFields, receive_card
from wellheard.listen.intake.actions import take_up
from wellheard.listen.intake.models import Comment
from wellheard.listen.keying.rules import Row
from wellheard.people.places.models import Place


@dataclass(frozen=True, slots=True)
class Entered:
    """One keyed row and the comment it became."""

    row: Row
    comment: Comment


def enter_cards(
    rows: Sequence[Row], *, place: Place, batch: str, received_at: datetime, by: Actor, at: datetime
) -> list[Entered]:
    """Keep the cards of a batch. Sending the same ``batch`` again keeps nothing twice.

    Copies of what was told before are linked before this returns, so the person who keyed them
    sees which. Raises patients.rules.ContactNotUnderstoodError.
    """
    with acting(by, at=at) as trail:
        entered = [
            Entered(
                row,
                receive_card(
                    CardFields(
                        place=place,
                        card=row.card(),
                        language=row.language,
                        source="paper",
                        received_at=received_at,
                        submission_key=digest(f"{batch}:{row.number}", "paper-card"),
                    ),
                    by=by,
                    at=at,
                ).comment,
            )
            for row in rows
        ]
        take_up([each.comment.pk for each in entered], by=by, at=at)
        trail.write("cards_entered", place, count=len(entered))
        for each in entered:
            each.comment.refresh_from_db()
    return entered
