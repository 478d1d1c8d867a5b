"""Entries into the consent ledger."""

from datetime import datetime

from django.db.models import QuerySet

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.consent.models import ConsentEntry
from wellheard.people.consent.queries import consents_of
from wellheard.people.consent.rules import CHANNELS
from wellheard.people.consent.vocabulary import purpose_codes
from wellheard.people.patients.models import ContactPoint, Patient


def give_consent(
    *,
    patient: Patient,
    channel: str,
    purpose: str,
    wording: str,
    source: str,
    by: Actor,
    at: datetime,
) -> ConsentEntry:
    """Writes that the patient agreed. `wording`: the very words they agreed to, or their code."""
    return _enter(patient, channel, purpose, True, wording, source, by, at)


def withdraw_consent(
    *,
    patient: Patient,
    channel: str,
    purpose: str,
    wording: str = "",
    source: str,
    by: Actor,
    at: datetime,
) -> ConsentEntry:
    """Writes that the patient no longer agrees; it counts from this moment."""
    return _enter(patient, channel, purpose, False, wording, source, by, at)


def _enter(
    patient: Patient,
    channel: str,
    purpose: str,
    given: bool,
    wording: str,
    source: str,
    by: Actor,
    at: datetime,
) -> ConsentEntry:
    if channel not in CHANNELS or purpose not in purpose_codes():
        raise ValueError(f"no consent is kept for {channel}/{purpose}")
    with acting(by, at=at) as trail:
        entry = ConsentEntry.objects.create(
            organisation_id=patient.organisation_id,
            patient=patient,
            channel=channel,
            purpose=purpose,
            given=given,
            wording=wording,
            source=source,
            by_kind=by.kind,
            by_ref=by.ref,
            at=at,
        )
        done = "given" if given else "withdrawn"
        trail.write(f"consent.{done}", patient, channel=channel, purpose=purpose, entry=entry.pk)
        trail.publish(
            f"people.consent_{done}", patient_id=patient.pk, channel=channel, purpose=purpose
        )
    return entry


def withdraw_all(
    *, patient: Patient, channel: str | None = None, source: str, by: Actor, at: datetime
) -> None:
    """Withdraws whatever the patient agreed to, on one channel or on all."""
    with acting(by, at=at):
        for given_channel, purpose in sorted(consents_of(patient.pk, at)):
            if channel in (None, given_channel):
                withdraw_consent(
                    patient=patient,
                    channel=given_channel,
                    purpose=purpose,
                    source=source,
                    by=by,
                    at=at,
                )


def stop_contact(*, contact: ContactPoint, source: str, by: Actor, at: datetime) -> None:
    """Stops one address for everybody who gave it, and withdraws what was agreed for it.

    A telephone can be shared: who holds it and says STOP must not hear from us on another's name.
    """
    with acting(by, at=at) as trail:
        for point in _same_address(contact).filter(stopped_at__isnull=True):
            point.stopped_at = at
            point.save(update_fields=["stopped_at"])
            trail.write("contact.stopped", point.patient, contact=point.pk)
            if not _has_other_open(point):
                withdraw_all(patient=point.patient, channel=point.kind, source=source, by=by, at=at)


def _has_other_open(point: ContactPoint) -> bool:
    points = ContactPoint.objects.open().filter(patient_id=point.patient_id, kind=point.kind)
    return points.exclude(pk=point.pk).exists()


def reopen_contact(*, contact: ContactPoint, by: Actor, at: datetime) -> None:
    """The holder asked for messages again (START). What was agreed before is not agreed anew."""
    with acting(by, at=at) as trail:
        for point in _same_address(contact).filter(stopped_at__isnull=False):
            point.stopped_at = None
            point.save(update_fields=["stopped_at"])
            trail.write("contact.reopened", point.patient, contact=point.pk)


def _same_address(contact: ContactPoint) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.select_related("patient__organisation").filter(
        organisation_id=contact.organisation_id,
        kind=contact.kind,
        value_digest=contact.value_digest,
    )
