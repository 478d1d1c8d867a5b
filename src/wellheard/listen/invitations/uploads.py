"""Photos and recordings given as answers: checked by content, sealed, and sent on whole."""

from __future__ import annotations

import base64

from django.core.files.uploadedfile import UploadedFile

from wellheard.base.vault.sealing import seal, unseal
from wellheard.listen.intake.rules.files import VOICE_LARGEST, FileRefusedError, Received, read_file
from wellheard.listen.invitations.models import Invitation, InvitationFile
from wellheard.listen.surveys.rules import Item

_PURPOSE = "survey-upload"
_KIND = {"file": "photo", "voice": "voice"}


def keep_upload(invitation: Invitation, item: Item, content: bytes) -> str:
    """Keep a file in place of one given before; the mark that stands for it in the answers.

    Raises FileRefusedError.
    """
    received = read_file(content)
    if received.kind != _KIND[item.kind]:
        raise FileRefusedError("kind")
    sealed = seal(base64.b64encode(received.content).decode(), _PURPOSE)
    drop_upload(invitation, item)
    row = InvitationFile.objects.create(
        invitation=invitation,
        item=item.code,
        kind=received.kind,
        content_type=received.content_type,
        size=len(received.content),
        sealed=base64.b64decode(sealed),
    )
    return f"upload:{row.pk}"


def keep_chosen(invitation: Invitation, item: Item, chosen: UploadedFile[bytes]) -> str:
    """The same for a file of a form; one that is far too large is not even read."""
    if (chosen.size or 0) > VOICE_LARGEST:
        raise FileRefusedError("large")
    return keep_upload(invitation, item, chosen.read())


def drop_upload(invitation: Invitation, item: Item) -> None:
    """Forget the file given for an item."""
    InvitationFile.objects.filter(invitation=invitation, item=item.code).delete()


def uploads(invitation: Invitation) -> dict[str, Received]:
    """Item code to its file, opened."""
    rows = InvitationFile.objects.filter(invitation=invitation).order_by("pk")
    return {row.item: _opened(row) for row in rows}


def _opened(row: InvitationFile) -> Received:
    sealed = base64.b64encode(bytes(row.sealed)).decode()
    return Received(row.kind, row.content_type, base64.b64decode(unseal(sealed, _PURPOSE)))
