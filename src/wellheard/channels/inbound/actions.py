"""Taking in what a patient wrote: a STOP counts at once, anything else is read by somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.channels.inbound.models import InboundMessage
from wellheard.channels.inbound.rules import Reading, read_reply
from wellheard.channels.inbound.vocabulary import answer_to, reply_words
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import last_message_to
from wellheard.channels.outbox.wording import fill
from wellheard.channels.stops.actions import reopen_address, stop_address
from wellheard.people.consent.actions import give_consent
from wellheard.people.consent.queries import ledger_of
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import contact_digest, patients_at
from wellheard.people.patients.rules import ContactNotUnderstoodError, read_contact
from wellheard.people.places.models import Organisation

ANSWERS_WITHIN = timedelta(days=45)
LONGEST_TEXT = 10_000


def take_in(
    *, organisation: Organisation, kind: str, sender: str, text: str, provider_id: str, at: datetime
) -> str:
    """Keep what came in and act on it; the text to answer with, "" for none.

    The same ``provider_id`` again changes nothing and is not answered. Publishes
    ``channels.reply_received`` for everything somebody should read.
    """
    by = Actor.patient(organisation.pk, kind)
    address = _address(kind, sender, organisation)
    digest = contact_digest(address)
    reading = read_reply(text, reply_words())
    with acting(by, at=at) as trail:
        answers = last_message_to(organisation.pk, digest, since=at - ANSWERS_WITHIN)
        patient = _patient(organisation, kind, address, answers)
        inbound, is_new = InboundMessage.objects.get_or_create(
            organisation=organisation,
            kind=kind,
            provider_id=provider_id[:200] or f"none-{digest[:16]}-{at.timestamp()}",
            defaults={
                "address_digest": digest,
                "sender": address,
                "body": text[:LONGEST_TEXT],
                "word": reading.word,
                "language": reading.language,
                "patient": patient,
                "answers": answers,
                "received_at": at,
            },
        )
        if not is_new:
            return ""
        trail.write("inbound.received", inbound, word=reading.word)
        changed = _obey(inbound, reading, by, at)
        if reading.says_more:
            _tell(inbound, trail)
    return _answer(reading, organisation, patient) if changed else ""


def keep_words(
    *,
    organisation: Organisation,
    kind: str,
    sender: str,
    text: str,
    read: str,
    provider_id: str,
    patient: Patient | None,
    answers: Message | None,
    received_at: datetime,
    at: datetime,
) -> InboundMessage:
    """Keep words whose sender and occasion somebody else found out already, and act on them.

    ``read`` is what is searched for STOP and START, ``text`` what is kept. Everything but a bare
    STOP or START is told to those who read. The same ``provider_id`` again changes nothing.
    """
    by = Actor.patient(organisation.pk, kind)
    reading = read_reply(read, reply_words())
    with acting(by, at=at) as trail:
        inbound, is_new = InboundMessage.objects.get_or_create(
            organisation=organisation,
            kind=kind,
            provider_id=provider_id[:200],
            defaults={
                "address_digest": contact_digest(sender),
                "sender": sender,
                "body": text,
                "word": reading.word,
                "language": reading.language,
                "patient": patient,
                "answers": answers,
                "received_at": received_at,
            },
        )
        if is_new:
            trail.write("inbound.received", inbound, word=reading.word)
            _obey(inbound, reading, by, at)
            if reading.says_more or reading.word not in ("stop", "start"):
                _tell(inbound, trail)
    return inbound


def _obey(inbound: InboundMessage, reading: Reading, by: Actor, at: datetime) -> bool:
    """Whether there is something to confirm: a second STOP is not confirmed a second time."""
    address = {"kind": inbound.kind, "address_digest": inbound.address_digest}
    if reading.word == "stop":
        return stop_address(**address, source="word", by=by, at=at)
    if reading.word == "start":
        if not reopen_address(**address, source="word", by=by, at=at):
            return False
        _agree_again(inbound, by, at)
        return True
    return reading.word == "help"


def _agree_again(inbound: InboundMessage, by: Actor, at: datetime) -> None:
    """START takes back what STOP took away: exactly the purposes that the STOP withdrew."""
    for patient in patients_at(inbound.organisation_id, inbound.kind, inbound.sender):
        withdrawn = ledger_of(patient.pk).filter(channel=inbound.kind)
        newest: dict[str, bool] = {}
        for entry in withdrawn:
            newest.setdefault(entry.purpose, not entry.given and entry.source in _BY_STOP)
        for purpose in sorted(purpose for purpose, by_stop in newest.items() if by_stop):
            give_consent(
                patient=patient,
                channel=inbound.kind,
                purpose=purpose,
                wording="START",
                source="word",
                by=by,
                at=at,
            )


_BY_STOP = frozenset({"word", "gateway"})


def _tell(inbound: InboundMessage, trail: Trail) -> None:
    ids: dict[str, int] = {"inbound_id": inbound.pk}
    if inbound.patient_id is not None:
        ids["patient_id"] = inbound.patient_id
    if inbound.answers_id is not None:
        ids["message_id"] = inbound.answers_id
    trail.publish("channels.reply_received", **ids)


def _address(kind: str, sender: str, organisation: Organisation) -> str:
    """The sender in the form contacts are stored in; a short code or a name stays as it is."""
    try:
        return read_contact(kind, sender, organisation.country)
    except ContactNotUnderstoodError:
        return sender.strip()[:200]


def _patient(
    organisation: Organisation, kind: str, address: str, answers: Message | None
) -> Patient | None:
    """Whose answer it is: of the patient we wrote to last, else of the only one at the address."""
    if answers is not None:
        return answers.patient
    known = patients_at(organisation.pk, kind, address)
    return known[0] if len(known) == 1 else None


def _answer(reading: Reading, organisation: Organisation, patient: Patient | None) -> str:
    wording = answer_to(reading.word)
    language = reading.language
    if language == "en" and patient is not None:
        # STOP is said in every language; then the patient's own is the better guess.
        language = patient.language
    values = {"organisation": organisation.name}
    if "contact" in wording.values:
        values["contact"] = settings.HELP_CONTACT or settings.ADDRESS
    return fill(wording, language, **values).short
