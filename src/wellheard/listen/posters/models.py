"""Posters that were printed, and alarms of those that need a look."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PosterPrint(models.Model):
    """That the poster of a place, or of one touchpoint in it, was printed: with which address and
    which version of its words."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.CASCADE, related_name="poster_prints")
    touchpoint = models.ForeignKey(
        "people.Touchpoint", models.CASCADE, null=True, blank=True, related_name="+"
    )
    address = models.CharField(max_length=300)
    words_version = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["place", "at"], name="poster_print_newest")]

    def __str__(self) -> str:
        return f"poster of place {self.place_id}"


class PosterAlarm(models.Model):
    """A poster that needs a look, since when and until when. "silent": no card came from it for
    far longer than usual; "address": its code leads to an address we no longer have; "words": it
    was printed with older words."""

    class Why(models.TextChoices):
        SILENT = "silent"
        ADDRESS = "address"
        WORDS = "words"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.CASCADE, related_name="poster_alarms")
    touchpoint = models.ForeignKey(
        "people.Touchpoint", models.CASCADE, null=True, blank=True, related_name="+"
    )
    why = models.CharField(max_length=8, choices=Why.choices)
    last_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "why"],
                condition=models.Q(closed_at=None, touchpoint=None),
                name="poster_alarm_open_once",
            ),
            models.UniqueConstraint(
                fields=["touchpoint", "why"],
                condition=models.Q(closed_at=None),
                name="touchpoint_alarm_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why} poster of place {self.place_id}"
