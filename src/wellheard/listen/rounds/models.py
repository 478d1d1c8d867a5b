"""Beds, rounds, and what staff heard."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Bed(models.Model):
    """A bed, chair or bay that rounds go to. Taken away, it stays for the rounds it had."""

    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    label = models.CharField(max_length=20)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "label"], name="bed_once_per_place")
        ]

    def __str__(self) -> str:
        return self.label


class Round(models.Model):
    """One talk at one bed, and what was done there. The words, if any, are the comment's."""

    class Outcome(models.TextChoices):
        FIXED = "fixed"
        ASSIGNED = "assigned"
        THANKED = "thanked"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    bed = models.ForeignKey(Bed, models.PROTECT, null=True, blank=True, related_name="rounds")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    prompt = models.CharField(max_length=20, blank=True)
    prompts_version = models.CharField(max_length=20)
    comment = models.OneToOneField(
        "listen.Comment", models.SET_NULL, null=True, blank=True, related_name="round"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submission_key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["place", "-at"], name="round_newest")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.pk}"


class StaffHeard(models.Model):
    """Whose ear it was, of what a patient told staff. ``by`` empty: they wished not to be named,
    and nothing in this house names them."""

    comment = models.OneToOneField("listen.Comment", models.CASCADE, related_name="heard")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"heard {self.comment_id}"
