"""Rules, priorities and policy of one organisation: numbered versions, the newest one holds."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models


class Version(models.Model):
    """A numbered version with its author and reason. Going back makes a new version."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    data = models.JSONField()
    author = models.CharField(max_length=80)
    author_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    restores = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"version {self.number}"


class RulePackVersion(Version):
    """One version of the rules under which complaints are handled; a case keeps its own."""

    pack = models.CharField(max_length=40)
    effective_from = models.DateField()

    class Meta(Version.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "pack", "number"], name="rule_pack_version_once"
            )
        ]


class PriorityVersion(Version):
    """One version of the priority model: tiers, their order, first-reply times, ladders."""

    class Meta(Version.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="priority_version_once")
        ]


class HandlingPolicy(Version):
    """What the organisation's written policy adds: whom to contact, agency, days we promise."""

    class Meta(Version.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="handling_policy_once")
        ]


class Delegation(models.Model):
    """The governing body's written delegation to a grievance committee."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    committee = models.CharField(max_length=200)
    members = models.JSONField(default=list)
    document = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    by_ref = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="delegation_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.committee

    def in_force(self, on: date) -> bool:
        """Whether the delegation holds on this day, with more than one member."""
        started = self.valid_from <= on
        return (
            started
            and (self.valid_until is None or on < self.valid_until)
            and len(self.members) > 1
        )
