"""Versions of segments, forecasts kept to be judged, and decisions about whom to serve more."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SegmentVersion(models.Model):
    """One way of telling people apart, as it was made. No row is about one person.

    ``definition``: rules {"attribute", "segments": [{"name", "groups"}]} or clusters {"instrument",
    "items", "k", "seed"}; ``result``: sizes, centres, stability, ethics check, fingerprint.
    ``start`` and ``stop``: months yyyymm, half open.
    """

    class Kind(models.TextChoices):
        RULES = "rules"
        CLUSTERS = "clusters"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    definition = models.JSONField()
    purpose = models.CharField(max_length=300)
    start = models.PositiveIntegerField()
    stop = models.PositiveIntegerField()
    result = models.JSONField()
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "code", "version"], name="segment_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class SegmentForecast(models.Model):
    """What was expected of a version's segments, kept so that later quarters can judge it."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    segmentation = models.ForeignKey(SegmentVersion, models.CASCADE, related_name="forecasts")
    made_at = models.DateTimeField()
    from_quarter = models.PositiveIntegerField()
    lines = models.JSONField()

    def __str__(self) -> str:
        return f"forecast of {self.segmentation_id} from {self.from_quarter}"


class SegmentDecision(models.Model):
    """Which segments are emphasised, by declared criteria, and what protects those who are not."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    segmentation = models.ForeignKey(SegmentVersion, models.PROTECT, related_name="decisions")
    scores = models.JSONField()
    chosen = models.JSONField()
    under_served = models.JSONField()
    safeguard = models.CharField(max_length=500, blank=True)
    policy = models.CharField(max_length=60)
    decided_by = models.CharField(max_length=80)
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"decision about {self.segmentation_id}"
