"""Mails and cases: which case a mail belongs to, and taking over the files it brought."""

from __future__ import annotations

import re
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.channels.mailbox.actions import note_handed
from wellheard.channels.mailbox.models import IncomingMail, MailFile
from wellheard.channels.mailbox.queries import (
    file_bytes,
    mail_of_inbound,
    may_acknowledge,
    waiting_files,
)
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.listen.intake.rules.references import tidy_reference
from wellheard.resolve.complaints.actions.files import add_file
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.messages import ACKNOWLEDGEMENT
from wellheard.resolve.complaints.rules.files import CheckedFile, check_file

_KEY = "inbound:"
_REFERENCE = re.compile(r"(?i)(?<![\w-])c[- ]?[0-9a-z]{4}[ -]?[0-9a-z]{4}(?![\w-])")
# Text documents are only ever downloaded; pictures, recordings and PDF are checked once more.
_AS_IT_IS = ("text/plain", "application/vnd.")


def inbound_key(inbound_id: int) -> str:
    """What makes the comment of a message that came in the same one when it is told again."""
    return f"{_KEY}{inbound_id}"


def inbound_of(comment: Comment) -> int | None:
    """The message that came in by which this was said; None when it came otherwise."""
    key = comment.submission_key or ""
    number = key.removeprefix(_KEY)
    return int(number) if key.startswith(_KEY) and number.isdecimal() else None


def mail_of_comment(comment: Comment) -> IncomingMail | None:
    """The mail in which this was said."""
    inbound_id = inbound_of(comment)
    return mail_of_inbound(inbound_id) if inbound_id is not None else None


def case_of_mail(mail: IncomingMail) -> int | None:
    """The case a mail belongs to: of the message it answers, else the one whose reference stands
    in its subject, if its sender is the person of that case."""
    if mail.answers is not None and mail.answers.about_kind == "case":
        return int(mail.answers.about_id)
    named = {tidy_reference(found) for found in _REFERENCE.findall(mail.subject)}
    if not named or mail.patient_id is None:
        return None
    mine = Case.objects.of(mail.organisation_id).filter(patient_id=mail.patient_id)
    return mine.filter(reference__in=named).order_by("pk").values_list("pk", flat=True).first()


def may_answer_mail(case: Case, mail: IncomingMail | None, at: datetime) -> bool:
    """Whether an automatic acknowledgement may go out: a mailbox that answers ours by itself must
    not be answered for ever. A person sees that the acknowledgement is due."""
    if mail is None or case.patient_id is None:
        return True
    return may_acknowledge(case.patient_id, ACKNOWLEDGEMENT, at)


def take_files(mail: IncomingMail, *, case_id: int, by: Actor, at: datetime) -> int:
    """Take the good files of a mail over into the case; how many. Safe to repeat."""
    taken = 0
    for file in waiting_files(mail):
        with acting(by, at=at):
            checked = _checked(file)
            if checked is None:
                note_handed(file, refused="active", at=at)
                continue
            add_file(case_id=case_id, name=file.name or "mail", checked=checked, by=by, at=at)
            note_handed(file, at=at)
        taken += 1
    return taken


def _checked(file: MailFile) -> CheckedFile | None:
    content = file_bytes(file)
    if file.content_type.startswith(_AS_IT_IS):
        return CheckedFile(file.content_type, content)
    try:
        return check_file(content)
    except FileRefusedError:
        return None
