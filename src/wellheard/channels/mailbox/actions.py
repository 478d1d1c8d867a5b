"""Keeping a mail: once, with its files, and handing its words to whoever listens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, seal
from wellheard.channels.inbound.actions import keep_words
from wellheard.channels.mailbox.codec import ReadMail
from wellheard.channels.mailbox.files import Judged
from wellheard.channels.mailbox.limits import MailRules, mail_rules
from wellheard.channels.mailbox.loops import is_reply
from wellheard.channels.mailbox.models import IncomingMail, MailFile, MailFileContent
from wellheard.channels.mailbox.queries import FILE, language_of
from wellheard.channels.outbox.models import Message, MessageAttempt
from wellheard.channels.outbox.queries import last_message_to
from wellheard.channels.outbox.recording import note_receipt
from wellheard.people.consent.actions import give_consent
from wellheard.people.consent.queries import ledger_of
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import contact_digest, patients_at
from wellheard.people.patients.rules import ContactNotUnderstoodError, read_email
from wellheard.people.places.models import Organisation

ANSWERS_WITHIN = timedelta(days=45)
_WITHOUT_WORDS = "(no words)"
WORDING = "wrote to us by e-mail"


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """A file of the mail with its verdict. ``found``: what a virus scanner called it."""

    name: str
    content: bytes
    verdict: Judged
    found: str = ""

    def __repr__(self) -> str:
        return f"CheckedPart({self.verdict.state})"


def keep_mail(
    mail: ReadMail,
    files: Sequence[CheckedPart],
    *,
    organisation: Organisation,
    reason: str,
    arrived_at: datetime,
    at: datetime,
) -> IncomingMail:
    """Keep one mail with all that follows from it, in one transaction; a second time changes
    nothing.

    ``reason``: why a machine wrote it, "" for a person's mail, whose words go to
    ``channels.reply_received``. A delivery report marks the message that did not arrive.
    """
    by = Actor.system(organisation.pk, "mailbox")
    with acting(by, at=at) as trail:
        row, is_new = IncomingMail.objects.get_or_create(
            organisation=organisation,
            fingerprint=mail.fingerprint,
            defaults=_columns(mail, organisation, reason, min(arrived_at, at), at),
        )
        if not is_new:
            return row
        for file in files:
            _keep_file(row, file)
        trail.write("mail.kept", row, reason=reason, files=len(files))
        if mail.failed is not None:
            _note_undelivered(*mail.failed, organisation=organisation, at=at)
        if not reason:
            _hand_on(row, mail.answers, at)
    return row


def take_as_persons(mail_id: int, *, by: Actor, at: datetime) -> IncomingMail:
    """Somebody looked: a person wrote this mail after all, so its words are taken in."""
    with acting(by, at=at) as trail:
        row = _waiting(mail_id, by)
        trail.write("mail.taken_as_persons", row, reason=row.reason)
        _note_look(row, by, at)
        if row.inbound_id is None and row.sender:
            _hand_on(row, (), at)
    return row


def leave_aside(mail_id: int, *, by: Actor, at: datetime) -> IncomingMail:
    """Somebody looked: it stays set aside, and no longer waits."""
    with acting(by, at=at) as trail:
        row = _waiting(mail_id, by)
        trail.write("mail.left_aside", row, reason=row.reason)
        _note_look(row, by, at)
    return row


def note_handed(file: MailFile, *, refused: str = "", at: datetime) -> None:
    """A case took the file over, or found that it cannot be kept; the bytes here go."""
    file.handed_at = at
    if refused:
        file.state, file.why = MailFile.State.REFUSED, refused
    file.save(update_fields=["handed_at", "state", "why"])
    MailFileContent.objects.filter(file=file).delete()


def _waiting(mail_id: int, by: Actor) -> IncomingMail:
    mine = IncomingMail.objects.select_for_update(of=("self",)).select_related("organisation")
    return mine.get(pk=mail_id, organisation_id=by.organisation_id)


def _note_look(row: IncomingMail, by: Actor, at: datetime) -> None:
    row.looked_at, row.looked_by = at, f"{by.kind}:{by.ref}"
    row.save(update_fields=["looked_at", "looked_by"])


def _columns(
    mail: ReadMail, organisation: Organisation, reason: str, arrived_at: datetime, at: datetime
) -> dict[str, object]:
    return {
        "message_id_digest": digest(mail.message_id, "mail-id") if mail.message_id else "",
        "reason": reason,
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "subject": mail.subject,
        "words": mail.words,
        "original": mail.original,
        "language": language_of(f"{mail.subject}. {mail.words}", organisation),
        "is_reply": is_reply(mail, mail_rules()),
        "problems": list(mail.problems),
        "sent_at": mail.sent_at,
        "arrived_at": arrived_at,
        "taken_at": at,
    }


def _keep_file(row: IncomingMail, file: CheckedPart) -> None:
    kept = MailFile.objects.create(
        organisation_id=row.organisation_id,
        mail=row,
        name=file.name,
        content_type=file.verdict.content_type,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        state=file.verdict.state,
        why=file.verdict.why,
        found=file.found[:80],
    )
    if kept.state != MailFile.State.REFUSED:
        sealed = seal(base64.b64encode(file.content).decode(), FILE)
        MailFileContent.objects.create(file=kept, sealed=base64.b64decode(sealed))


def _note_undelivered(
    message_id: str, status: str, *, organisation: Organisation, at: datetime
) -> None:
    attempt = _attempts(organisation, (message_id,)).first()
    if attempt is not None:
        note_receipt(attempt.pk, "undelivered", status, at=at)


def _attempts(organisation: Organisation, message_ids: Sequence[str]) -> QuerySet[MessageAttempt]:
    mine = MessageAttempt.objects.filter(message__organisation=organisation, channel="email")
    found = mine.filter(provider_id__in=message_ids).select_related("message__patient")
    return found.order_by("-started_at", "-pk")


def _hand_on(row: IncomingMail, answers: Sequence[str], at: datetime) -> None:
    """Give the words to whoever listens, in the name of their sender."""
    organisation, rules = row.organisation, mail_rules()
    try:
        address = read_email(row.sender)
    except ContactNotUnderstoodError:
        address = ""
    known = patients_at(organisation.pk, "email", address) if address else []
    named = _named_message(organisation, answers)
    if named is not None and named.patient_id in {patient.pk for patient in known}:
        row.answers = named
    elif named is not None:
        # Message-IDs can be guessed; somebody else's address joins nobody's case.
        row.refers_to = named
    elif row.is_reply and address:
        since = row.arrived_at - ANSWERS_WITHIN
        row.answers = last_message_to(organisation.pk, contact_digest(address), since=since)
    by = Actor.patient(organisation.pk, "email")
    row.patient = row.answers.patient if row.answers else _sender(row, address, by, at)
    row.inbound = keep_words(
        organisation=organisation,
        kind="email",
        sender=address or row.sender,
        text=_said(row, rules),
        read=row.words,
        provider_id=row.fingerprint,
        patient=row.patient,
        answers=row.answers,
        received_at=row.arrived_at,
        at=at,
    )
    row.save(update_fields=["answers", "refers_to", "patient", "inbound"])


def _named_message(organisation: Organisation, answers: Sequence[str]) -> Message | None:
    if not answers:
        return None
    found = {attempt.provider_id: attempt.message for attempt in _attempts(organisation, answers)}
    return next((found[each] for each in answers if each in found), None)


def _said(row: IncomingMail, rules: MailRules) -> str:
    """What is read as their words: with the subject when it begins something new."""
    words = row.words
    if row.subject and not row.is_reply and row.subject.casefold() not in words.casefold():
        words = f"{row.subject}\n\n{words}"
    words = words.strip() or row.subject or _WITHOUT_WORDS
    return words[: rules.longest_words]


def _sender(row: IncomingMail, address: str, by: Actor, at: datetime) -> Patient | None:
    """Whoever wrote: known by the address, else new. Who writes by mail may be answered by mail,
    unless they ever said something about that."""
    if not address:
        return None
    patient = recognise_patient(
        organisation=row.organisation,
        name=row.sender_name,
        email=address,
        language=row.language,
        by=by,
        at=at,
    )
    if patient and not ledger_of(patient.pk).filter(channel="email", purpose="reply").exists():
        give_consent(
            patient=patient,
            channel="email",
            purpose="reply",
            wording=WORDING,
            source="email",
            by=by,
            at=at,
        )
    return patient
