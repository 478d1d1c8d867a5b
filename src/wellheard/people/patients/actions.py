"""Changes to what is known about patients."""

import secrets
from datetime import date, datetime

from django.contrib.auth import get_user_model

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.patients import rules
from wellheard.people.patients.models import ContactPoint, Patient, PatientPlace
from wellheard.people.patients.queries import contact_digest, patients_at
from wellheard.people.patients.vocabulary import name_placeholders
from wellheard.people.places.models import Organisation, Place

_CAN_CHANGE = frozenset({"name", "preferred_name", "pronouns", "language", "zone"})


def recognise_patient(
    *,
    organisation: Organisation,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "",
    place: Place | None = None,
    by: Actor,
    at: datetime,
) -> Patient | None:
    """The patient who gave these contacts before, else a new one; None when nothing was given.

    Two people may share a telephone, so a contact alone does not decide: a name that cannot be the
    known one makes a new patient. Raises rules.ContactNotUnderstoodError.
    """
    name = rules.tidy_name(name, placeholders=name_placeholders())
    contacts = _read_contacts(organisation, email, phone)
    if not name and not contacts:
        return None
    with acting(by, at=at) as trail:
        patient = _known_patient(organisation, name, contacts)
        if patient is None:
            patient = _new_patient(organisation, name, language, at)
            trail.write("patient.recognised", patient, new=True)
        elif name and not patient.name:
            change_patient(patient=patient, by=by, at=at, name=name)
        for kind, value in contacts:
            add_contact(patient=patient, kind=kind, value=value, by=by, at=at)
        if place is not None:
            note_place(patient=patient, place=place, by=by, at=at)
    return patient


def _read_contacts(organisation: Organisation, email: str, phone: str) -> list[tuple[str, str]]:
    contacts = []
    if email.strip():
        contacts.append(("email", rules.read_email(email)))
    if phone.strip():
        contacts.append(("sms", rules.read_phone(phone, organisation.country)))
    return contacts


def _known_patient(
    organisation: Organisation, name: str, contacts: list[tuple[str, str]]
) -> Patient | None:
    """The one patient these contacts and this name can mean; None when nobody or several."""
    known: dict[int, Patient] = {}
    for kind, value in contacts:
        known |= {patient.pk: patient for patient in patients_at(organisation.pk, kind, value)}
    fitting = [p for p in known.values() if rules.could_be_same(p.name, name)]
    named = [p for p in fitting if p.name]
    candidates = named if name and named else fitting
    return candidates[0] if len(candidates) == 1 else None


def _new_patient(organisation: Organisation, name: str, language: str, at: datetime) -> Patient:
    return Patient.objects.create(
        organisation=organisation,
        reference=_new_reference(organisation),
        name=name,
        language=language or organisation.languages[0],
        known_since=at,
    )


def _new_reference(organisation: Organisation) -> str:
    letters = rules.REFERENCE_ALPHABET
    while True:
        reference = "P-" + "".join(secrets.choice(letters) for _ in range(rules.REFERENCE_LENGTH))
        if not Patient.objects.filter(organisation=organisation, reference=reference).exists():
            return reference


def add_contact(
    *,
    patient: Patient,
    kind: str,
    value: str,
    confidential: bool = False,
    by: Actor,
    at: datetime,
) -> ContactPoint:
    """Keeps a contact of a patient, once. `value` as typed; raises rules.ContactNotUnderstoodError.

    A contact somebody asked us to stop using stays stopped, whoever gives it again.
    """
    value = rules.read_contact(kind, value, patient.organisation.country)
    found = contact_digest(value)
    with acting(by, at=at) as trail:
        point, is_new = ContactPoint.objects.get_or_create(
            patient=patient,
            kind=kind,
            value_digest=found,
            defaults={
                "organisation": patient.organisation,
                "value": value,
                "confidential": confidential,
                "stopped_at": _stopped_before(patient.organisation_id, kind, found),
                "added_at": at,
            },
        )
        if is_new:
            trail.write("contact.added", patient, contact=point.pk, kind=kind)
            _link_staff(patient, kind, value)
        if confidential and not point.confidential:
            make_confidential(contact=point, by=by, at=at)
    return point


def _stopped_before(organisation_id: int, kind: str, found: str) -> datetime | None:
    stopped = ContactPoint.objects.filter(
        organisation_id=organisation_id, kind=kind, value_digest=found, stopped_at__isnull=False
    )
    return stopped.values_list("stopped_at", flat=True).first()


def _link_staff(patient: Patient, kind: str, value: str) -> None:
    if kind != "email" or patient.staff_user_id is not None:
        return
    user = get_user_model().objects.filter(
        organisation_id=patient.organisation_id, email__iexact=value
    )
    if (found := user.first()) is not None:
        Patient.objects.filter(pk=patient.pk).update(staff_user=found)
        patient.staff_user = found


def make_confidential(*, contact: ContactPoint, by: Actor, at: datetime) -> None:
    """From now on the patient is reached here and nowhere else."""
    with acting(by, at=at) as trail:
        ContactPoint.objects.filter(patient_id=contact.patient_id).update(confidential=False)
        contact.confidential = True
        contact.save(update_fields=["confidential"])
        trail.write("contact.made_confidential", contact.patient, contact=contact.pk)


def end_confidential(*, patient: Patient, by: Actor, at: datetime) -> None:
    """The patient may again be reached at any of their contacts."""
    with acting(by, at=at) as trail:
        ended = patient.contacts.filter(confidential=True).update(confidential=False)
        if ended:
            trail.write("contact.no_longer_confidential", patient)


def change_patient(*, patient: Patient, by: Actor, at: datetime, **fields: str) -> Patient:
    """Changes name, preferred_name, pronouns, language or zone; other names raise ValueError."""
    if unknown := set(fields) - _CAN_CHANGE:
        raise ValueError(f"a patient has no changeable {', '.join(sorted(unknown))}")
    for field in {"name", "preferred_name"} & set(fields):
        fields[field] = rules.tidy_name(fields[field], placeholders=name_placeholders())
    changed = [field for field, value in fields.items() if getattr(patient, field) != value]
    if not changed:
        return patient
    with acting(by, at=at) as trail:
        for field in changed:
            setattr(patient, field, fields[field])
        patient.save(update_fields=changed)
        trail.write("patient.changed", patient, fields=sorted(changed))
    return patient


def note_place(*, patient: Patient, place: Place, by: Actor, at: datetime) -> None:
    """Keeps that the patient told us about a place, so that its staff may see their page."""
    with acting(by, at=at) as trail:
        _, is_new = PatientPlace.objects.get_or_create(
            patient=patient, place=place, defaults={"since": at}
        )
        if is_new:
            trail.write("patient.place_noted", patient, place=place.pk)


def record_death(*, patient: Patient, died_on: date, by: Actor, at: datetime) -> None:
    """Nothing is sent to the patient from now on."""
    with acting(by, at=at) as trail:
        patient.deceased_on = died_on
        patient.save(update_fields=["deceased_on"])
        trail.write("patient.died", patient)
        trail.publish("people.patient_died", patient_id=patient.pk)


def correct_death(*, patient: Patient, by: Actor, at: datetime) -> None:
    """The death was recorded by mistake."""
    with acting(by, at=at) as trail:
        patient.deceased_on = None
        patient.save(update_fields=["deceased_on"])
        trail.write("patient.death_corrected", patient)


def link_staff_member(*, patient: Patient, user_id: int, by: Actor, at: datetime) -> None:
    """Marks that the patient works here: that user may not read this record."""
    with acting(by, at=at) as trail:
        patient.staff_user_id = user_id
        patient.save(update_fields=["staff_user"])
        trail.write("patient.is_staff", patient, user=user_id)
