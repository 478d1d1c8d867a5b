"""Reads about patients for other features and for the screens."""

from collections.abc import Iterable

from django.db.models import QuerySet

from wellheard.base.vault.sealing import digest
from wellheard.people.patients import rules
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.places.models import Organisation

CONTACT_PURPOSE = "contact"


def contact_digest(value: str) -> str:
    """The keyed digest under which a contact, already in its stored form, is found."""
    return digest(value, CONTACT_PURPOSE)


def patient(patient_id: int) -> Patient:
    """The patient; raises Patient.DoesNotExist. The caller asks who may see it."""
    return Patient.objects.select_related("organisation").get(pk=patient_id)


def patients_at(organisation_id: int, kind: str, value: str) -> list[Patient]:
    """Those who gave this contact, longest known first. `value` is in its stored form."""
    points = ContactPoint.objects.filter(
        organisation_id=organisation_id, kind=kind, value_digest=contact_digest(value)
    )
    return list(Patient.objects.filter(pk__in=points.values("patient_id")).order_by("pk"))


def name_to_greet(patient: Patient) -> str:
    """What to call the patient in a message; "" when no name is known, never a stand-in word."""
    return rules.name_to_use(patient.preferred_name, patient.name)


def open_contacts(patient_id: int) -> list[ContactPoint]:
    """The contacts we may use: not stopped, of a living person; confidential ones first."""
    points = ContactPoint.objects.open().filter(patient_id=patient_id)
    return list(points.order_by("-confidential", "-added_at", "-pk"))


def contact_for(patient_id: int, channel: str | None = None) -> ContactPoint | None:
    """Where to reach the patient; None when nowhere.

    When one contact is marked confidential nothing goes anywhere else (45 CFR 164.522(b)): asked
    for a channel the confidential contact does not have, the answer is that contact all the same.
    """
    points = open_contacts(patient_id)
    private = [point for point in points if point.confidential]
    if private:
        return _of_channel(private, channel) or private[0]
    return _of_channel(points, channel)


def _of_channel(points: Iterable[ContactPoint], channel: str | None) -> ContactPoint | None:
    return next((p for p in points if channel is None or p.kind == channel), None)


def masked_contact(point: ContactPoint) -> str:
    """The contact as it may be shown on a page anybody could look over a shoulder at."""
    return rules.masked(point.kind, point.value)


def sought(organisation: Organisation, text: str) -> QuerySet[Patient]:
    """Patients with this reference, e-mail or number; the caller narrows to who may see them."""
    patients = Patient.objects.filter(organisation=organisation)
    by_reference = patients.filter(reference=text.strip().upper())
    # First: "P-326QGH6" would also be a number on a telephone with letters on its keys.
    if rules.is_reference(text):
        return by_reference
    try:
        kind, value = rules.read_either(text, organisation.country)
    except rules.ContactNotUnderstoodError:
        return by_reference
    points = ContactPoint.objects.filter(
        organisation=organisation, kind=kind, value_digest=contact_digest(value)
    )
    return patients.filter(pk__in=points.values("patient_id"))
