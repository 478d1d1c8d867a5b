"""On how many days people had their medicine, as a pharmacy's or payer's file tells it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AdherenceRecord(models.Model):
    """One person's days covered with one medicine in one span of days.

    ``person_key``: keyed digest of the number the hospital knows the person by; it cannot be read
    back. ``reminded``: whether reminders were in force in that span. ``design`` says how it came
    about that they were; no figure can be read without it.
    """

    class Design(models.TextChoices):
        OBSERVATIONAL = "observational"
        BEFORE_AFTER = "before_after"
        RANDOMISED = "randomised"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey(
        "people.Place", models.PROTECT, null=True, blank=True, related_name="+"
    )
    programme = models.CharField(max_length=80)
    design = models.CharField(max_length=14, choices=Design.choices)
    person_key = models.CharField(max_length=64)
    medicine = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    days_covered = models.PositiveSmallIntegerField()
    reminded = models.BooleanField()
    age_band = models.CharField(max_length=16, blank=True)
    sex = models.CharField(max_length=24, blank=True)
    payer = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()
    import_batch = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "programme", "person_key", "medicine", "starts_on"],
                name="adherence_once",
            ),
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days_covered__lte=models.F("days")),
                name="adherence_days_fit",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["import_batch"],
                condition=models.Q(import_batch__isnull=False),
                name="adherence_of_batch",
            )
        ]

    def __str__(self) -> str:
        return f"adherence {self.pk}"
