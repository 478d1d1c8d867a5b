"""Events, and which reactions have dealt with them."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """Something that happened, written in the transaction that made it happen."""

    name = models.CharField(max_length=80)
    organisation_id = models.BigIntegerField()
    at = models.DateTimeField()
    ids = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="event_unsettled",
                condition=models.Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Reception(models.Model):
    """One reaction's dealing with one event: done, or tried and failed."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="receptions")
    reaction = models.CharField(max_length=200)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "reaction"], name="reception_once_per_event")
        ]
