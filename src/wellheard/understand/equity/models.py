"""What was done about a gap, so that it can be tested again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class GapAction(models.Model):
    """Something begun to close the gap of one group on one measure, from a day on.

    Groups are named by their value ("es"); no row is about one person.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    site = models.ForeignKey("people.Site", models.PROTECT, null=True, blank=True, related_name="+")
    measure = models.CharField(max_length=40)
    attribute = models.CharField(max_length=16)
    group = models.CharField(max_length=80)
    what = models.CharField(max_length=200)
    owner = models.CharField(max_length=80)
    started_on = models.DateField()
    noted_by = models.CharField(max_length=80)
    noted_by_name = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "measure"], name="gap_action_by_measure")
        ]

    def __str__(self) -> str:
        return f"gap action {self.pk}: {self.measure} {self.attribute}"


class PopulationCount(models.Model):
    """How many people of a group live in the area served; ``attribute`` "site": its catchment."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    attribute = models.CharField(max_length=16)
    group = models.CharField(max_length=80)
    people = models.PositiveIntegerField()
    as_of = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "attribute", "group"], name="population_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attribute} {self.group}: {self.people}"
