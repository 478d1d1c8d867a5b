"""Counts of visits by place and month, within groups; no row is about one person."""

from __future__ import annotations

from django.db import models


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
