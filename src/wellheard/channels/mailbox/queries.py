"""Reads of incoming mail for other rooms and for its own screens."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from wellheard.base.vault.sealing import unseal
from wellheard.channels.mailbox.limits import mail_rules
from wellheard.channels.mailbox.models import IncomingMail, MailboxState, MailFile
from wellheard.channels.outbox.models import Message
from wellheard.people.places.models import Organisation

FILE = "mail-file"
_SURE_ENOUGH = 0.6


def mail_of_inbound(inbound_id: int) -> IncomingMail | None:
    """The mail by which these words came; None when they came otherwise."""
    return IncomingMail.objects.filter(inbound_id=inbound_id).first()


def waiting_files(mail: IncomingMail) -> list[MailFile]:
    """Its good files that no case has taken over yet."""
    kept = mail.files.filter(state=MailFile.State.KEPT, handed_at__isnull=True)
    return list(kept.select_related("content").order_by("pk"))


def unkept_files(inbound_ids: list[int]) -> list[MailFile]:
    """Files of these mails that were refused or set aside as dangerous."""
    files = MailFile.objects.filter(mail__inbound_id__in=inbound_ids)
    return list(files.exclude(state=MailFile.State.KEPT).order_by("pk"))


def file_bytes(file: MailFile) -> bytes:
    """The content of a good file. Raises PermissionError for one that was set aside: those bytes
    are never given out; CannotUnseal when they were altered."""
    if file.state != MailFile.State.KEPT:
        raise PermissionError("a file that was set aside is not given out")
    sealed = base64.b64encode(bytes(file.content.sealed)).decode()
    return base64.b64decode(unseal(sealed, FILE))


def may_acknowledge(patient_id: int, template: str, at: datetime) -> bool:
    """Whether one more automatic acknowledgement may go to them: at most so many in 24 hours, or
    two machines would write to each other for ever."""
    today = Message.objects.filter(
        patient_id=patient_id,
        template=template,
        queued_at__gt=at - timedelta(days=1),
        queued_at__lte=at,
    )
    return today.count() < mail_rules().acknowledgements_a_day


def language_of(text: str, organisation: Organisation) -> str:
    """The language of a mail when it is plain enough, else "": the sender's own is taken then."""
    from wellheard.measures.text.language import load_language_finder

    found = load_language_finder().find(text)
    known = found.code in organisation.languages
    return found.code if known and found.confidence >= _SURE_ENOUGH else ""


def mailbox_states(organisation_id: int) -> list[MailboxState]:
    """Each mailbox and how far it has been read."""
    return list(MailboxState.objects.filter(organisation_id=organisation_id).order_by("pk"))
