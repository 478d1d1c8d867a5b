"""Photos and voice notes, what staff wrote down of them, and translations beside the original."""

from __future__ import annotations

import base64
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import seal
from wellheard.listen.intake.models import Attachment, AttachmentContent, Comment, Translation
from wellheard.listen.intake.rules.files import Received
from wellheard.listen.intake.rules.words import read_words

PURPOSE = "attachment"


def add_attachment(*, comment: Comment, received: Received, by: Actor, at: datetime) -> Attachment:
    """Keep a checked photo or voice note, sealed, with its comment."""
    with acting(by, at=at) as trail:
        attachment = Attachment.objects.create(
            organisation_id=comment.organisation_id,
            comment=comment,
            kind=received.kind,
            content_type=received.content_type,
            size=len(received.content),
            added_at=at,
        )
        sealed = seal(base64.b64encode(received.content).decode(), PURPOSE)
        AttachmentContent.objects.create(attachment=attachment, sealed=base64.b64decode(sealed))
        trail.write("attachment_added", comment, kind=received.kind, size=len(received.content))
    return attachment


def transcribe(*, attachment_id: int, text: str, by: Actor, at: datetime) -> Attachment:
    """Keep what a member of staff heard or saw. Raises TooLongError, Attachment.DoesNotExist."""
    words = read_words(text)
    with acting(by, at=at) as trail:
        attachment = Attachment.objects.get(pk=attachment_id, organisation_id=by.organisation_id)
        attachment.transcript = words
        attachment.transcribed_by = f"{by.kind}:{by.ref}"
        attachment.transcribed_at = at
        attachment.save(update_fields=["transcript", "transcribed_by", "transcribed_at"])
        trail.write("attachment_transcribed", attachment, words=len(words))
        trail.publish("listen.attachment_transcribed", comment_id=attachment.comment_id)
    return attachment


def add_translation(
    *, comment_id: int, language: str, text: str, by: Actor, at: datetime
) -> Translation:
    """Keep a translation beside the original. Raises TooLongError, Comment.DoesNotExist."""
    words = read_words(text)
    with acting(by, at=at) as trail:
        comment = Comment.objects.get(pk=comment_id, organisation_id=by.organisation_id)
        translation = Translation.objects.create(
            organisation_id=comment.organisation_id,
            comment=comment,
            language=language,
            text=words,
            by=f"{by.kind}:{by.ref}",
            by_name=by.name[:120],
            at=at,
        )
        trail.write("comment_translated", comment, language=language)
    return translation
