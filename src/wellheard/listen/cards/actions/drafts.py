"""Drafts: kept on the server under a token that only the address holds, for one day at most.

They are not part of the audit trail: nobody has told us anything yet, and a row that is read only
by who writes it has no reader to account for.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wellheard.base.vault.sealing import (
    CannotUnseal,
    digest,
    key_from_token,
    new_token,
    seal,
    unseal,
)
from wellheard.listen.cards.models import CardDraft, CardReceipt, DraftFile
from wellheard.listen.cards.rules import DRAFT_LIVES, MOST_FILES, Card
from wellheard.listen.intake.rules.files import FileRefusedError, Received, read_file
from wellheard.people.places.models import Place

_PURPOSE = "card"


@dataclass(frozen=True, slots=True)
class Draft:
    """An open draft: its token, its answers and the files that lie with it."""

    token: str
    card: Card
    files: Sequence[DraftFile] = field(default_factory=tuple)


def draft_key(token: str) -> str:
    """Under which a draft, later its receipt, and the sending itself are found."""
    return digest(token, _PURPOSE)


def start_draft(card: Card, *, place: Place, at: datetime) -> Draft:
    """Begin a draft under a fresh token."""
    token = new_token()
    CardDraft.objects.create(
        key=draft_key(token),
        organisation_id=place.organisation_id,
        place=place,
        sealed=_sealed(card, token),
        expires_at=at + DRAFT_LIVES,
    )
    return Draft(token, card)


def open_draft(token: str, *, place: Place, at: datetime, with_files: bool = False) -> Draft | None:
    """The draft of this token for this place; None when it is over, sent or never was."""
    found = CardDraft.objects.filter(key=draft_key(token), place=place, expires_at__gt=at)
    row = found.values_list("sealed", flat=True).first()
    if row is None:
        return None
    try:
        kept = json.loads(unseal(row, _PURPOSE, key=key_from_token(token, _PURPOSE)))
    except CannotUnseal:
        return None
    files = DraftFile.objects.filter(draft_id=draft_key(token)).defer("sealed").order_by("pk")
    return Draft(token, Card.read(kept), tuple(files) if with_files else ())


def keep_draft(token: str, card: Card) -> bool:
    """Keep the answers so far; False when the draft is gone."""
    rows = CardDraft.objects.filter(key=draft_key(token))
    return rows.update(sealed=_sealed(card, token)) == 1


def add_file(token: str, content: bytes) -> None:
    """Put a photo or voice note with the draft. Raises FileRefusedError."""
    received = read_file(content)
    key = draft_key(token)
    if DraftFile.objects.filter(draft_id=key).count() >= MOST_FILES:
        raise FileRefusedError("many")
    encoded = base64.b64encode(received.content).decode()
    sealed = seal(encoded, _PURPOSE, key=key_from_token(token, _PURPOSE))
    DraftFile.objects.create(
        draft_id=key,
        kind=received.kind,
        content_type=received.content_type,
        size=len(received.content),
        sealed=base64.b64decode(sealed),
    )


def remove_file(token: str, file_id: int) -> None:
    """Take a photo or voice note away again."""
    DraftFile.objects.filter(draft_id=draft_key(token), pk=file_id).delete()


def files_of(token: str) -> list[Received]:
    """The files of a draft, opened."""
    opened = []
    for row in DraftFile.objects.filter(draft_id=draft_key(token)).order_by("pk"):
        sealed = base64.b64encode(bytes(row.sealed)).decode()
        encoded = unseal(sealed, _PURPOSE, key=key_from_token(token, _PURPOSE))
        opened.append(Received(row.kind, row.content_type, base64.b64decode(encoded)))
    return opened


def drop_draft(token: str) -> None:
    """Forget the draft and its files now."""
    key = draft_key(token)
    DraftFile.objects.filter(draft_id=key).delete()
    CardDraft.objects.filter(key=key).delete()


def sweep_drafts(now: datetime) -> None:
    """Periodic work: forget drafts and receipts that are over."""
    CardDraft.objects.filter(expires_at__lte=now).delete()
    CardReceipt.objects.filter(expires_at__lte=now).delete()


def _sealed(card: Card, token: str) -> str:
    text = json.dumps(card.kept(), ensure_ascii=False)
    return seal(text, _PURPOSE, key=key_from_token(token, _PURPOSE))
