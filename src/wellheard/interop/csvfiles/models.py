"""What was imported, by whom, and whether it was taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ImportBatch(models.Model):
    """One file that was taken in whole. ``batch`` marks the rows it brought."""

    class Kind(models.TextChoices):
        COMMENTS = "comments"
        RESPONSES = "responses"
        CMS = "cms"
        VISITS = "visits"
        ADHERENCE = "adherence"
        COSTS = "costs"
        SHARE = "share"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    batch = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    imported = models.PositiveIntegerField()
    duplicates = models.PositiveIntegerField(default=0)
    empty = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=dict)
    ignored = models.JSONField(default=list)
    imported_by = models.CharField(max_length=80)
    imported_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
