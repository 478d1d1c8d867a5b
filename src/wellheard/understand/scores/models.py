"""The metric catalogue's history: what was proposed, by whom, and what was decided."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class MeasureProposal(models.Model):
    """A new wording of one measure. It counts from ``effective_from`` once it is approved."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    reason = models.CharField(max_length=500)
    effective_from = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "code", "version"], name="measure_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class ItemLever(models.Model):
    """Who acts on a question by what, where an organisation says so itself."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    item = models.CharField(max_length=80)
    dimension = models.CharField(max_length=16)
    process = models.CharField(max_length=80)
    owner = models.CharField(max_length=80)
    lever = models.CharField(max_length=200)
    noted_by = models.CharField(max_length=80)
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "item"], name="item_lever_once")
        ]

    def __str__(self) -> str:
        return self.item


class MeasureDecision(models.Model):
    """What a second person said to a proposal."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    proposal = models.OneToOneField(MeasureProposal, models.CASCADE, related_name="decision")
    approved = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.proposal_id} {'approved' if self.approved else 'declined'}"
