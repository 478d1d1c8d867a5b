"""A person's answers to one version of one instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from datetime import datetime

    from wellheard.people.access.person import Person


class ResponseQuerySet(models.QuerySet["Response"]):
    """Responses, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those of the places whose comments the person may read in full."""
        mine = self.filter(organisation_id=person.organisation_id)
        places = person.places("comment.read")
        return mine if places is None else mine.filter(place_id__in=places)

    def received_between(self, start: datetime, end: datetime) -> Self:
        """Received in the half-open period [start, end)."""
        return self.filter(received_at__gte=start, received_at__lt=end)


class Response(models.Model):
    """One filled-in instrument. ``answers``: item code to number or choice; unanswered: absent."""

    class Mode(models.TextChoices):
        WEB = "web"
        PAPER = "paper"
        PHONE = "phone"
        KIOSK = "kiosk"
        SMS = "sms"
        MAIL = "mail"
        API = "api"
        # On a kiosk, with a member of staff beside: kept apart, as people answer otherwise then.
        ASSISTED = "assisted"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    site = models.ForeignKey("people.Site", models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(
        "people.Place", models.PROTECT, null=True, blank=True, related_name="+"
    )
    touchpoint = models.ForeignKey(
        "people.Touchpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    instrument = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    mode = models.CharField(max_length=8, choices=Mode.choices)
    language = models.CharField(max_length=16, blank=True)
    age_band = models.CharField(max_length=16, blank=True)
    sex = models.CharField(max_length=24, blank=True)
    ethnicity = models.CharField(max_length=80, blank=True)
    payer = models.CharField(max_length=40, blank=True)
    answers = models.JSONField(default=dict)
    complete = models.BooleanField(default=True)
    external_id = models.CharField(max_length=80, blank=True)
    import_batch = models.UUIDField(null=True, blank=True)
    submission_key = models.CharField(max_length=64, null=True, blank=True, unique=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "received_at"], name="response_by_time"),
            models.Index(fields=["place", "received_at"], name="response_by_place"),
            models.Index(
                fields=["import_batch"],
                condition=Q(import_batch__isnull=False),
                name="response_of_batch",
            ),
            models.Index(
                fields=["organisation", "external_id"],
                condition=~Q(external_id=""),
                name="response_by_external_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.version} response {self.pk}"


class AnswerMonth(models.Model):
    """How often the answers of one month have changed: received, corrected or erased.

    Counted in the transaction of the change itself, so whoever keeps a copy of a month's answers
    and the number it was made at can tell at any moment whether the copy still holds.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    month = models.PositiveIntegerField()
    changes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "month"], name="answer_month_once")
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.changes}"
