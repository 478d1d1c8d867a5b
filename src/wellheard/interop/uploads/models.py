"""A file on its way in: uploaded, its columns confirmed, waiting for its turn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wellheard.interop.csvfiles.models import ImportBatch


class Upload(models.Model):
    """A file that lies ready while somebody confirms its columns; swept away after a day."""

    class State(models.TextChoices):
        READY = "ready"
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=ImportBatch.Kind.choices)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    columns = models.JSONField(default=dict)
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    result = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, blank=True, related_name="uploads"
    )
    refusal = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return f"upload {self.pk}"
