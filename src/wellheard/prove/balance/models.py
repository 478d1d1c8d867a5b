"""Monthly figures of cost, and the sets that were published."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class CostFigure(models.Model):
    """One amount of one month, as the hospital's own accounts tell it. Told again, the newest row
    counts; taken back, the one before. ``n``: over how many it was counted, when that is known."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    month = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    unit = models.CharField(max_length=40)
    n = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    import_batch = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "title", "month"], name="cost_by_month"),
            models.Index(
                fields=["import_batch"],
                condition=models.Q(import_batch__isnull=False),
                name="cost_of_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"cost {self.pk}"


class BalancedSet(models.Model):
    """A set that was published: which measures stand for which family. Never changed; the newest
    is in force. ``families``: family to the codes of its measures, none of them empty."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    families = models.JSONField()
    policy = models.CharField(max_length=40)
    why = models.CharField(max_length=300, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "version"], name="balanced_set_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"balanced set {self.version}"
