"""The audit trail: who did or saw what, when; chained so that a change cannot hide."""

from __future__ import annotations

from django.db import models

from wellheard.base.audit.rules import FIRST


class AuditHead(models.Model):
    """The end of one organisation's chain; its row is the lock that orders all writes."""

    organisation_id = models.BigIntegerField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=FIRST)


class AuditRow(models.Model):
    """One line of the trail. No foreign keys: nothing here stops a lawful erasure elsewhere."""

    organisation_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_ref = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=80)
    details = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "sequence"], name="audit_one_row_per_sequence"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "object_kind", "object_id"], name="audit_by_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.object_kind} {self.object_id}"
