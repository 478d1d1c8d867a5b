"""Changes that places made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Change(models.Model):
    """Something a place began to do differently, in its own words, from a day on.

    ``measure``: what it was meant to improve; empty when it was meant for everything.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    what = models.CharField(max_length=160)
    started_on = models.DateField()
    measure = models.CharField(max_length=40, blank=True)
    noted_by = models.CharField(max_length=80)
    noted_by_name = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["place", "started_on"], name="change_of_place")]

    def __str__(self) -> str:
        return f"change {self.pk} at {self.place_id}"
