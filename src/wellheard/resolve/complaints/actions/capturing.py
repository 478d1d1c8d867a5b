"""A complaint that was spoken or arrived on paper, written up by staff (C02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import open_contacts
from wellheard.people.places.models import Organisation, Place
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.actions.files import add_file
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.sharing import note_sharing
from wellheard.resolve.complaints.actions.working import record_perspective
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.rules.files import CheckedFile
from wellheard.resolve.complaints.wording import wording_version

WRITTEN = frozenset({"letter", "email", "sms"})
# Comments know no talk in person; it is kept as a call, and the case knows better.
_SOURCES = {"in_person": "phone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What somebody wrote up. `received_at` is when it was said or arrived."""

    organisation: Organisation
    channel: str
    received_at: datetime
    text: str
    place: Place | None = None
    wish: str = ""
    read_back: bool = False
    subjects: Sequence[str] = ()
    name: str = ""
    email: str = ""
    phone: str = ""
    may_write: bool = False
    language: str = "en"
    complainant: str = "patient"
    complainant_name: str = ""
    formal_request: bool = False
    settled: bool = False
    sharing: str = ""
    sharing_basis: str = ""
    scans: Sequence[tuple[str, CheckedFile]] = ()


def capture_case(captured: Captured, *, by: Actor, at: datetime) -> Case:
    """Open the case with the clock at the moment it was said, and send the person a copy.

    Raises ContactNotUnderstoodError, EmptyWordsError, TooLongError, NoOwnerError.
    """
    with acting(by, at=at):
        patient = _patient(captured, by, at)
        comment = receive_comment(
            NewComment(
                organisation=captured.organisation,
                source=_SOURCES.get(captured.channel, captured.channel),
                text=captured.text,
                place=captured.place,
                received_at=captured.received_at,
                language=captured.language,
                patient=patient,
            ),
            by=by,
            at=at,
        )
        case, _ = open_case(comment_id=comment.pk, new=_new(captured), by=by, at=at)
        if captured.read_back or captured.wish:
            record_perspective(
                case_id=case.pk,
                words=captured.text,
                wish=captured.wish,
                confirmed=captured.read_back,
                by=by,
                at=at,
            )
        if captured.sharing and _for_another(captured):
            note_sharing(
                case_id=case.pk, state=captured.sharing, basis=captured.sharing_basis, by=by, at=at
            )
        for name, checked in captured.scans:
            add_file(case_id=case.pk, name=name, checked=checked, by=by, at=at)
        acknowledge_case(case_id=case.pk, by=by, at=at)
    return case


def _for_another(captured: Captured) -> bool:
    return captured.complainant in {"representative", "other"}


def _new(captured: Captured) -> NewCase:
    written = captured.channel in WRITTEN
    facts = {
        "channel": captured.channel,
        "written": written,
        "subjects": list(captured.subjects),
        "complainant": captured.complainant,
        "formal_request": captured.formal_request,
        "resolved_by": "staff_present" if captured.settled else "",
        "anonymous": not (captured.name or captured.email or captured.phone),
    }
    return NewCase(
        facts=facts,
        complainant_name=captured.complainant_name,
        about_name=captured.name if _for_another(captured) else "",
    )


def _patient(captured: Captured, by: Actor, at: datetime) -> Patient | None:
    # The contact belongs to whoever speaks with us, so the letters go to them and nobody else.
    speaker = captured.complainant_name if _for_another(captured) else captured.name
    patient = recognise_patient(
        organisation=captured.organisation,
        name=speaker,
        email=captured.email,
        phone=captured.phone,
        language=captured.language,
        place=captured.place,
        by=by,
        at=at,
    )
    if patient is not None and captured.may_write:
        agree_to_reply(patient, "written up by staff", by, at)
    return patient


def agree_to_reply(patient: Patient, source: str, by: Actor, at: datetime) -> None:
    """Note that the person agreed to be answered, on each way they gave us."""
    for kind in dict.fromkeys(point.kind for point in open_contacts(patient.pk)):
        give_consent(
            patient=patient,
            channel=kind,
            purpose="reply",
            wording=f"complaint reply {wording_version()}",
            source=source,
            by=by,
            at=at,
        )
