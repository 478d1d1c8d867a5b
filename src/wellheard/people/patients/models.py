"""Patients and the addresses they gave us. Names and addresses are stored encrypted."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


def granted_patients(person: "Person") -> set[int]:
    """Patients that a ruling opens to this person, though their role does not."""
    return {
        ruling.patient_id
        for ruling in person.rulings
        if ruling.effect == "grant" and ruling.on("patient.read") and ruling.patient_id is not None
    }


class PatientQuerySet(models.QuerySet["Patient"]):
    """Patients, narrowed in ways that can be chained."""

    def visible_to(self, person: "Person") -> Self:
        """Those this member of staff may read; never their own record, whatever their role."""
        mine = (
            self.filter(organisation_id=person.organisation_id)
            .exclude(staff_user_id=person.user_id)
            .exclude(pk__in=person.hidden_patients("patient.read"))
        )
        places = person.places("patient.read")
        if places is None:
            return mine
        seen = PatientPlace.objects.filter(place_id__in=places).values("patient_id")
        opened = set(person.opened_patients) | granted_patients(person)
        return mine.filter(models.Q(pk__in=seen) | models.Q(pk__in=opened))

    def living(self) -> Self:
        """Those not known to have died."""
        return self.filter(deceased_on__isnull=True)


class Patient(models.Model):
    """A person who told us something, or whom we may ask."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    reference = models.CharField(max_length=16)
    name = EncryptedTextField(blank=True)
    preferred_name = EncryptedTextField(blank=True)
    pronouns = EncryptedTextField(blank=True)
    language = models.CharField(max_length=16)
    zone = models.CharField(max_length=64, blank=True)
    deceased_on = models.DateField(null=True, blank=True)
    # Set when a member of staff gives the same contact as their own: they may not read themselves.
    staff_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    known_since = models.DateTimeField()

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="patient_reference")
        ]

    def __str__(self) -> str:
        return self.reference


class PatientPlace(models.Model):
    """That a patient told us about a place, or was there: its staff may see their page."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="known_places")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "place"], name="patient_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} at {self.place_id}"


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    """Addresses, narrowed in ways that can be chained."""

    def open(self) -> Self:
        """Those nobody asked us to stop using, of people who live."""
        return self.filter(stopped_at__isnull=True, patient__deceased_on__isnull=True)


class ContactPoint(models.Model):
    """One e-mail address or mobile number of one patient."""

    class Kind(models.TextChoices):
        SMS = "sms"
        EMAIL = "email"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = EncryptedTextField()
    value_digest = models.CharField(max_length=64)
    confidential = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "value_digest"], name="contact_once_per_patient"
            )
        ]
        indexes = [models.Index(fields=["organisation", "value_digest"], name="contact_by_digest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
