"""Drafts: kept on the server under a token that only the address holds, for one day at most.

They are not part of the audit trail: nobody has told us anything yet, and a row that is read only
by who writes it has no reader to account for.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime

from wellheard.base.vault.sealing import (
    CannotUnseal,
    digest,
    key_from_token,
    new_token,
    seal,
    unseal,
)
from wellheard.listen.cards import store
from wellheard.listen.cards.models import CardDraft, CardReceipt, DraftFile
from wellheard.listen.cards.rules import DRAFT_LIVES, MOST_FILES, Card
from wellheard.listen.intake.rules.files import FileRefusedError, Received, read_file
from wellheard.people.places.models import Place

_PURPOSE = "card"


@dataclass(frozen=True, slots=True)
class Draft:
    """An open draft: its token and its answers."""

    token: str
    card: Card


def draft_key(token: str) -> str:
    """Under which a draft, later its receipt, and the sending itself are found."""
    return digest(token, _PURPOSE)


def start_draft(card: Card, *, place: Place, at: datetime) -> Draft:
    """Begin a draft under a fresh token."""
    token = new_token()
    until = at + DRAFT_LIVES
    store.begin(draft_key(token), place.organisation_id, place.pk, _sealed(card, token), until)
    return Draft(token, card)


def open_draft(token: str, *, place: Place, at: datetime) -> Draft | None:
    """The draft of this token for this place; None when it is over, sent or never was."""
    sealed = store.opened(draft_key(token), place.pk, at)
    if sealed is None:
        return None
    try:
        kept = json.loads(unseal(sealed, _PURPOSE, key=key_from_token(token, _PURPOSE)))
    except CannotUnseal:
        return None
    return Draft(token, Card.read(kept))


def keep_draft(token: str, card: Card) -> bool:
    """Keep the answers so far; False when the draft is gone."""
    return store.keep(draft_key(token), _sealed(card, token))


def add_file(draft: Draft, content: bytes) -> Card:
    """Put a photo or voice note with the draft; the card counting it. Raises FileRefusedError."""
    received = read_file(content)
    if draft.card.files >= MOST_FILES:
        raise FileRefusedError("many")
    encoded = base64.b64encode(received.content).decode()
    sealed = seal(encoded, _PURPOSE, key=key_from_token(draft.token, _PURPOSE))
    DraftFile.objects.create(
        draft_id=draft_key(draft.token),
        kind=received.kind,
        content_type=received.content_type,
        size=len(received.content),
        sealed=base64.b64decode(sealed),
    )
    return replace(draft.card, files=draft.card.files + 1)


def remove_file(draft: Draft, file_id: int) -> Card:
    """Take a photo or voice note away again; the card without it."""
    files = DraftFile.objects.filter(draft_id=draft_key(draft.token))
    files.filter(pk=file_id).delete()
    return replace(draft.card, files=files.count())


def listed_files(draft: Draft) -> list[DraftFile]:
    """The files of a draft, closed, in the order they were added."""
    if not draft.card.files:
        return []
    files = DraftFile.objects.filter(draft_id=draft_key(draft.token))
    return list(files.defer("sealed").order_by("pk"))


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
    store.drop(draft_key(token))


def clear_screen(key: str) -> None:
    """Forget the draft or the receipt under this key: a shared screen is empty for the next."""
    store.drop(key)
    CardReceipt.objects.filter(key=key).delete()


def sweep_drafts(now: datetime) -> None:
    """Periodic work: forget drafts and receipts that are over."""
    CardDraft.objects.filter(expires_at__lte=now).delete()
    CardReceipt.objects.filter(expires_at__lte=now).delete()


def _sealed(card: Card, token: str) -> str:
    text = json.dumps(card.kept(), ensure_ascii=False)
    return seal(text, _PURPOSE, key=key_from_token(token, _PURPOSE))
