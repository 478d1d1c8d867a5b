"""Visits one by one, and counts of visits by place and month within groups."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class VisitCount(models.Model):
    """Visits to one place in one month by people of one group (for example language = es)."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    month = models.DateField()
    group = models.CharField(max_length=30)
    value = models.CharField(max_length=60)
    visits = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "month", "group", "value"], name="visit_count_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "month"], name="visit_by_month")]


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those in places this member of staff answers for; never of their own record."""
        mine = self.filter(organisation_id=person.organisation_id).exclude(
            patient__staff_user_id=person.user_id
        )
        if hidden := person.hidden_patients("visit.read"):
            mine = mine.exclude(patient_id__in=hidden)
        places = person.places("visit.read")
        return mine if places is None else mine.filter(place_id__in=places)

    def ended_between(self, start: datetime, end: datetime) -> Self:
        """Finished visits that ended in the half-open span."""
        return self.filter(status=Visit.Status.FINISHED, ended_at__gte=start, ended_at__lt=end)


class Visit(models.Model):
    """One stay or appointment of one person, as the hospital's own system tells it.

    ``person_key``: keyed digest of the number the hospital knows the person by; ``household``:
    keyed digest of the address, by which two of one home are recognised. Neither can be read
    back. ``travel``: how far from home, as a wide band, never finer. ``exclusion``:
    a reason the hospital gives why this person must not be surveyed. ``planned``: whether the
    admission was (None when the feed does not say). ``by_transfer``: came straight from another
    hospital. ``reason``: why the appointment was cancelled or missed. ``reminder``: the furthest
    that is known of it. ``referral_source``: who sent a new patient, in the hospital's words.
    """

    class Kind(models.TextChoices):
        INPATIENT = "inpatient"
        AMBULATORY = "ambulatory"
        EMERGENCY = "emergency"
        DAY_SURGERY = "day_surgery"
        TELEHEALTH = "telehealth"

    class Status(models.TextChoices):
        PLANNED = "planned"
        ARRIVED = "arrived"
        FINISHED = "finished"
        NO_SHOW = "no_show"
        CANCELLED = "cancelled"

    class Discharge(models.TextChoices):
        HOME = "home"
        FACILITY = "facility"
        HOSPICE = "hospice"
        DIED = "died"
        LEFT = "left"
        OTHER = "other"

    class Line(models.TextChoices):
        MEDICAL = "medical"
        SURGICAL = "surgical"
        MATERNITY = "maternity"

    class Exclusion(models.TextChoices):
        NO_PUBLICITY = "no_publicity"
        CUSTODY = "custody"
        ABROAD = "abroad"
        PSYCHIATRIC = "psychiatric"
        REGULATION = "regulation"

    class Reminder(models.TextChoices):
        NONE = "none"
        SENT = "sent"
        SEEN = "seen"

    class BookedBy(models.TextChoices):
        TELEPHONE = "telephone"
        ONLINE = "online"
        APP = "app"
        DESK = "desk"
        REFERRAL = "referral"
        OTHER = "other"

    class Reason(models.TextChoices):
        CLINIC = "clinic"
        ILLNESS = "illness"
        RECOVERED = "recovered"
        TRANSPORT = "transport"
        WORK = "work"
        FORGOT = "forgot"
        COST = "cost"
        ELSEWHERE = "elsewhere"
        OTHER = "other"

    class Mobility(models.TextChoices):
        NONE = "none"
        AID = "aid"
        WHEELCHAIR = "wheelchair"
        HOUSEBOUND = "housebound"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "people.Patient", models.SET_NULL, null=True, blank=True, related_name="visits"
    )
    external_id = models.CharField(max_length=80, blank=True)
    person_key = models.CharField(max_length=64, blank=True)
    household = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    booked_at = models.DateTimeField(null=True, blank=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    roomed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    discharge_to = models.CharField(max_length=10, choices=Discharge.choices, blank=True)
    service_line = models.CharField(max_length=10, choices=Line.choices, blank=True)
    exclusion = models.CharField(max_length=12, choices=Exclusion.choices, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    reminder = models.CharField(max_length=4, choices=Reminder.choices, blank=True)
    booked_by = models.CharField(max_length=10, choices=BookedBy.choices, blank=True)
    referral_source = models.CharField(max_length=40, blank=True)
    planned = models.BooleanField(null=True, blank=True)
    by_transfer = models.BooleanField(null=True, blank=True)
    language = models.CharField(max_length=16, blank=True)
    nights = models.PositiveSmallIntegerField(null=True, blank=True)
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    age_band = models.CharField(max_length=16, blank=True)
    sex = models.CharField(max_length=24, blank=True)
    ethnicity = models.CharField(max_length=80, blank=True)
    payer = models.CharField(max_length=40, blank=True)
    travel = models.CharField(max_length=12, blank=True)
    mobility = models.CharField(max_length=10, choices=Mobility.choices, blank=True)
    recorded_at = models.DateTimeField()
    import_batch = models.UUIDField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                condition=~models.Q(external_id=""),
                name="visit_external_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "ended_at"], name="visit_by_end"),
            models.Index(fields=["organisation", "scheduled_at"], name="visit_by_schedule"),
            models.Index(
                fields=["organisation", "person_key"],
                condition=~models.Q(person_key=""),
                name="visit_by_person",
            ),
            models.Index(
                fields=["import_batch"],
                condition=models.Q(import_batch__isnull=False),
                name="visit_by_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"
