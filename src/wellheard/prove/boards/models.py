"""What a person has already seen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class MeasureTarget(models.Model):
    """What an organisation wants a measure to reach, in the unit it is shown in. The newest holds;
    an empty ``value`` takes the target away."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    measure = models.CharField(max_length=60)
    value = models.FloatField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "measure", "at"], name="measure_target_newest")
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.value}"


class PlaceVisit(models.Model):
    """When somebody last opened a place's page, and when they did the time before."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.ForeignKey("people.Place", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "place"], name="place_visit_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.place_id}"
