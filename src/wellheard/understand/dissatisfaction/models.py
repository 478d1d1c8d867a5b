"""Where scores and trouble stood when they were last counted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TroubleCount(models.Model):
    """One count of trouble at every place. ``stands``: PlaceStand as plain values."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField()
    stands = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-made_at"], name="trouble_count_newest")
        ]

    def __str__(self) -> str:
        return f"trouble of {self.first_day} to {self.last_day}"
