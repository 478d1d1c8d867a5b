"""Complaints that are being written, and tries at doors without sign-in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField


class DoorTry(models.Model):
    """Tries at a door without sign-in, counted by a digest of where they came from; kept a day."""

    door = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    ok = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["door", "digest", "at"], name="door_tries")]

    def __str__(self) -> str:
        return f"try at {self.at:%Y-%m-%d %H:%M}"


class ComplaintDraft(models.Model):
    """A complaint that is being written. Only the address of its pages can open the answers.

    Once sent it holds the case and nothing else, so that a repeated sending finds it.
    """

    key = models.CharField(max_length=64, unique=True)
    organisation = models.ForeignKey("people.Organisation", models.CASCADE, related_name="+")
    sealed = models.TextField(blank=True)
    case = models.ForeignKey("resolve.Case", models.CASCADE, null=True, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="complaint_draft_over")]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class ComplaintDraftFile(models.Model):
    """A checked file of a complaint that has not been sent."""

    draft = models.ForeignKey(ComplaintDraft, models.CASCADE, related_name="files")
    name = EncryptedTextField()
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"file of draft {self.draft_id}"
