"""Where a touchpoint or a survey was put by people, instead of where it belongs by default."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class StagePlacing(models.Model):
    """That a touchpoint or a survey listens at a stage. The newest row holds."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey(
        "people.Touchpoint", models.CASCADE, null=True, blank=True, related_name="+"
    )
    instrument = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(touchpoint__isnull=True) ^ Q(instrument=""),
                name="stage_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.instrument or self.touchpoint_id}"
