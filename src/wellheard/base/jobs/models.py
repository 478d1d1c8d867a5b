"""Who works, and when periodic work last ran."""

from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """A living worker's sign of life; jobs of a worker that fell silent are given back."""

    worker = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    job = models.UUIDField(null=True)


class PeriodicRun(models.Model):
    """The last run of one piece of periodic work."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    missed = models.PositiveIntegerField(default=0)
