"""Scans of quarters, what they found, and what was decided about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ExpectationScan(models.Model):
    """One quarter held against the time before it. Of a quarter the newest scan holds.

    ``quarter``: its first month as yyyymm; ``comments``, ``before``: with words, in the quarter
    and in the time before.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    quarter = models.PositiveIntegerField()
    comments = models.PositiveIntegerField()
    before = models.PositiveIntegerField()
    policy = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "quarter", "made_at"], name="expectation_newest")
        ]

    def __str__(self) -> str:
        return f"scan of {self.quarter}"


class ExpectationFind(models.Model):
    """One find. ``comments``: numbers of a few comments, whose words are read anew each time."""

    class Kind(models.TextChoices):
        TOOL = "tool"
        THEME = "theme"
        TOPIC = "topic"

    scan = models.ForeignKey(ExpectationScan, models.CASCADE, related_name="finds")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    code = models.CharField(max_length=60, blank=True)
    words = models.JSONField(default=list)
    count = models.PositiveIntegerField()
    before = models.PositiveIntegerField()
    p = models.FloatField()
    comments = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["kind", "p", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class ExpectationChoice(models.Model):
    """What somebody decided about a find. Rows are never changed; the newest holds."""

    class Choice(models.TextChoices):
        WATCH = "watch"
        ACT = "act"
        NO = "no"

    find = models.ForeignKey(ExpectationFind, models.CASCADE, related_name="choices")
    choice = models.CharField(max_length=5, choices=Choice.choices)
    why = models.CharField(max_length=300, blank=True)
    owner = models.CharField(max_length=80, blank=True)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.choice}: {self.find_id}"
