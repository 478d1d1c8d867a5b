"""Telling the person that we have it."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail
from wellheard.channels.outbox.actions import queue_message
from wellheard.people.patients.queries import open_contacts
from wellheard.resolve.complaints.actions.changing import changing, step
from wellheard.resolve.complaints.actions.timing import meet, unmeet
from wellheard.resolve.complaints.models import Acknowledgement, Case
from wellheard.resolve.complaints.queries.messages import ACKNOWLEDGEMENT, Composed, acknowledgement
from wellheard.resolve.complaints.wording import spoken, wording_version

IMMEDIATE = "immediate"


def acknowledge_case(
    *, case_id: int, way: str = "", by: Actor, at: datetime
) -> Acknowledgement | None:
    """Acknowledge in the person's language: by message where we have a contact.

    `way` names another way when staff or a page did it ("page", "phone", "in_person", "post").
    Once is enough: a repetition returns the first. None when there is nobody we could reach.
    """
    with changing(case_id, by=by, at=at) as (case, trail):
        earlier = case.acknowledgements.filter(failed_at__isnull=True).first()
        if earlier is not None and (way or earlier.way == "message"):
            return earlier
        if way:
            return _acknowledged(case, way, None, by, at, trail)
        if not reachable(case):
            return None
        return _by_message(case, by, at, trail)


def reachable(case: Case) -> bool:
    """Whether we hold a contact that we may use."""
    return case.patient_id is not None and bool(open_contacts(case.patient_id))


def _by_message(case: Case, by: Actor, at: datetime, trail: Trail) -> Acknowledgement:
    composed = acknowledgement(case, danger=case.tier == IMMEDIATE)
    lost = case.acknowledgements.filter(failed_at__isnull=False).count()
    key = f"case:{case.pk}:received:{lost}"
    message_id = send_about(case, ACKNOWLEDGEMENT, composed, key, by, at)
    return _acknowledged(case, "message", message_id, by, at, trail)


def send_about(
    case: Case, template: str, composed: Composed, key: str, by: Actor, at: datetime
) -> int:
    """Queue one message about a case; the id of the message."""
    if case.patient_id is None:
        raise ValueError("nobody to write to")
    message = queue_message(
        patient_id=case.patient_id,
        template=template,
        version=wording_version(),
        subject=composed.subject,
        body=composed.body,
        short=composed.short,
        language=composed.language,
        purpose="reply",
        key=key,
        about=("case", str(case.pk)),
        place_id=case.place_id,
        urgent=case.tier == IMMEDIATE,
        by=by,
        at=at,
    )
    return message.pk


def _acknowledged(
    case: Case, way: str, message_id: int | None, by: Actor, at: datetime, trail: Trail
) -> Acknowledgement:
    row = step(
        Acknowledgement,
        case,
        by,
        at,
        way=way,
        message_id=message_id,
        template=ACKNOWLEDGEMENT if way == "message" else "",
        language=spoken(case.language),
    )
    case.acknowledged_at = case.acknowledged_at or at
    meet(case, "acknowledgement", at)
    trail.write("case.acknowledged", case, way=way, message=message_id)
    return row


def note_acknowledgement_failed(
    *, message_id: int, organisation_id: int, by: Actor, at: datetime
) -> Acknowledgement | None:
    """The message did not arrive or may not leave: nobody has been told, so the clock runs on."""
    row = Acknowledgement.objects.filter(
        organisation_id=organisation_id, message_id=message_id, failed_at__isnull=True
    ).first()
    if row is None:
        return None
    with changing(row.case_id, by=by, at=at) as (case, trail):
        row.failed_at = at
        row.save(update_fields=["failed_at"])
        told = case.acknowledgements.filter(failed_at__isnull=True).first()
        case.acknowledged_at = told.at if told else None
        if told is None:
            unmeet(case, row.at)
        trail.write("case.acknowledgement_failed", case, message=message_id)
    return row
