"""The case itself, what was said in it, and its running clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.people.patients.visibility import kept_from, opened_to

if TYPE_CHECKING:
    from datetime import datetime

    from wellheard.people.access.person import Person


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, narrowed in ways that can be chained."""

    def of(self, organisation_id: int) -> Self:
        return self.filter(organisation_id=organisation_id)

    def visible_to(self, person: Person) -> Self:
        """Those this person may read: by place, by being the owner, or by a ruling on the case.

        A confidential case needs the right for it, the ownership, or a ruling. A case without a
        place is for those who read the whole organisation. A denial always wins.
        """
        mine = self.of(person.organisation_id)
        granted, denied = ruled_cases(person)
        exempt = Q(owner_id=person.user_id) | Q(pk__in=granted)
        reach = within(person.places("case.read")) & (
            Q(confidential=False) | within(person.places("case.confidential"))
        )
        exempt |= opened_to(person)
        allowed = mine.filter(reach | exempt) if person.may("case.read") else mine.none()
        allowed = allowed | mine.filter(pk__in=granted)
        return allowed.exclude(pk__in=denied).exclude(kept_from(person, "case.read"))

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def counted(self) -> Self:
        """Each matter once: without the cases that turned out to be the same matter."""
        return self.filter(same_as__isnull=True)

    def awake(self, now: datetime) -> Self:
        return self.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now))

    def asleep(self, now: datetime) -> Self:
        return self.filter(snoozed_until__gt=now)

    def in_queue_order(self) -> Self:
        """Danger first, then what is due first, then what waits longest."""
        return self.order_by("rank", F("next_due_at").asc(nulls_last=True), "received_at", "pk")


def within(places: frozenset[int] | None) -> Q:
    """The condition "at one of these places"; None is everywhere."""
    return Q() if places is None else Q(place_id__in=places)


def ruled_cases(person: Person) -> tuple[frozenset[int], frozenset[int]]:
    """Cases opened to, and cases shut for, this person by a ruling."""
    about = [
        r for r in person.rulings if r.case_id is not None and r.permission in ("*", "case.read")
    ]
    granted = frozenset(r.case_id for r in about if r.effect == "grant" and r.case_id)
    denied = frozenset(r.case_id for r in about if r.effect == "deny" and r.case_id)
    return granted, denied


class Case(models.Model):
    """One matter somebody brought to us, owned until it is answered.

    The fields under "copies" repeat the newest step rows, so that lists and counts are one query;
    the rows are the truth, and a test holds the two together.
    """

    class Kind(models.TextChoices):
        COMPLAINT = "complaint"
        INQUIRY = "inquiry"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    site = models.ForeignKey("people.Site", models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, null=True, related_name="+")
    patient = models.ForeignKey("people.Patient", models.PROTECT, null=True, related_name="+")
    comment = models.OneToOneField("listen.Comment", models.PROTECT, related_name="case")
    reference = models.CharField(max_length=16)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMPLAINT)
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=16)
    complainant = models.CharField(max_length=16, default="unknown")
    complainant_name = EncryptedTextField(blank=True)
    about_name = EncryptedTextField(blank=True)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    pack = models.ForeignKey("resolve.RulePackVersion", models.PROTECT, related_name="cases")
    confidential = models.BooleanField(default=False)
    sensitivity = models.CharField(max_length=24, blank=True)
    secret = EncryptedTextField()
    secret_digest = models.CharField(max_length=64, unique=True)
    version = models.PositiveIntegerField(default=1)

    # copies
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    klass = models.CharField(max_length=16)
    topic = models.CharField(max_length=24)
    tier = models.CharField(max_length=16)
    rank = models.PositiveSmallIntegerField()
    taken_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=24, blank=True)
    reopened_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, related_name="linked")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="case_reference"),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | ~Q(same_as=F("id")),
                name="case_not_its_own_twin",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "rank", "next_due_at"],
                condition=Q(closed_at__isnull=True),
                name="case_queue",
            ),
            models.Index(fields=["organisation", "-received_at"], name="case_newest"),
            models.Index(fields=["place", "-received_at"], name="case_newest_of_place"),
            models.Index(fields=["owner", "closed_at"], name="case_of_owner"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def zone(self) -> str:
        """The zone in which this case's days are counted."""
        return self.site.zone if self.site else self.organisation.zone

    @property
    def holidays_in(self) -> str:
        """The holiday calendar in which its working days are counted."""
        if self.site:
            return self.site.holidays_in
        return "GB-ENG" if self.organisation.country == "GB" else self.organisation.country

    def status(self, now: datetime) -> str:
        """One of new, acknowledged, answered, reopened, snoozed, closed, withdrawn."""
        if self.closed_at is not None:
            return "withdrawn" if self.ending == "withdrawn" else "closed"
        if self.snoozed_until is not None and self.snoozed_until > now:
            return "snoozed"
        if self.answered_at is not None:
            return "answered"
        if self.reopened_at is not None:
            return "reopened"
        return "new" if self.acknowledged_at is None else "acknowledged"


class CaseComment(models.Model):
    """Something said in this case: the first words, an addition, or the same by another road."""

    class Part(models.TextChoices):
        FIRST = "first"
        ADDITION = "addition"
        REPEAT = "repeat"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="said")
    comment = models.OneToOneField("listen.Comment", models.PROTECT, related_name="said_in")
    part = models.CharField(max_length=10, choices=Part.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.part} of case {self.case_id}"


class CaseName(models.Model):
    """A keyed digest of one word of a name, by which staff find a case without a readable index."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="names")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "digest"], name="case_name_once")
        ]
        indexes: ClassVar = [models.Index(fields=["digest"], name="case_by_name")]

    def __str__(self) -> str:
        return f"name of case {self.case_id}"


class ClockQuerySet(models.QuerySet["Clock"]):
    """Clocks, narrowed in ways that can be chained."""

    def running(self) -> Self:
        return self.filter(met_at__isnull=True, replaced_at__isnull=True)


class Clock(models.Model):
    """One thing that is due. `due_at` is the first moment that is too late.

    A clock is met, replaced or late by what happened and when; no form can move it.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    code = models.CharField(max_length=24)
    label = models.CharField(max_length=60)
    clause = models.CharField(max_length=24)
    duty = models.BooleanField()
    unit = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    rungs = models.PositiveSmallIntegerField(default=0)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "code", "starts_at", "due_at"], name="clock_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["warn_at"],
                condition=Q(met_at__isnull=True, replaced_at__isnull=True),
                name="clock_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of case {self.case_id}"

    @property
    def was_missed(self) -> bool:
        """Whether it was met too late, or given up after it was already late."""
        ended = self.met_at or self.replaced_at
        return ended is not None and ended >= self.due_at
