"""Changes an organisation made to its instruments: proposed by one person, decided by another."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class InstrumentProposal(models.Model):
    """The next version of an instrument, whole. It counts once approved, and never changes."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "code", "version"], name="instrument_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class InstrumentDecision(models.Model):
    """What a second person said to a proposal."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    proposal = models.OneToOneField(InstrumentProposal, models.CASCADE, related_name="decision")
    approved = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.proposal_id} {'approved' if self.approved else 'declined'}"
