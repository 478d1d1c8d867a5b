"""Photos and voice notes, what staff wrote down of them, and translations beside the original."""

from __future__ import annotations

import base64
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import seal
from wellheard.listen.intake.models import Attachment, AttachmentContent, Comment, Translation
from wellheard.listen.intake.rules.files import Received
from wellheard.listen.intake.rules.words import read_line, read_words

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
    *,
    comment_id: int,
    language: str,
    text: str,
    translator: str = "",
    by_machine: bool = False,
    by: Actor,
    at: datetime,
) -> Translation:
    """Keep a translation beside the original. ``translator`` "": whoever keeps it made it.

    Raises TooLongError, Comment.DoesNotExist.
    """
    words = read_words(text)
    with acting(by, at=at) as trail:
        comment = Comment.objects.get(pk=comment_id, organisation_id=by.organisation_id)
        translation = Translation.objects.create(
            organisation_id=comment.organisation_id,
            comment=comment,
            language=language,
            text=words,
            translator=read_line(translator, longest=120) or by.name[:120],
            by_machine=by_machine,
            by=f"{by.kind}:{by.ref}",
            by_name=by.name[:120],
            at=at,
        )
        trail.write("comment_translated", comment, language=language, by_machine=by_machine)
    return translation


def review_translation(*, translation_id: int, by: Actor, at: datetime) -> Translation:
    """Say that one has read a translation against the original. A second time changes nothing.

    Raises SameReaderError for whoever made or kept it, Translation.DoesNotExist.
    """
    with acting(by, at=at) as trail:
        found = Translation.objects.select_for_update().get(
            pk=translation_id, organisation_id=by.organisation_id
        )
        reader = f"{by.kind}:{by.ref}"
        if reader == found.by or by.name.casefold() == found.translator.casefold() != "":
            raise SameReaderError(translation_id)
        if found.reviewed_by:
            return found
        found.reviewed_by, found.reviewed_by_name = reader, by.name[:120]
        found.reviewed_at = at
        found.save(update_fields=["reviewed_by", "reviewed_by_name", "reviewed_at"])
        trail.write("translation_reviewed", ("listen.comment", str(found.comment_id)))
    return found


class SameReaderError(Exception):
    """A translation is read over by somebody else than the one who made it."""
