"""What a member of staff keeps at their desk: saved views, drafts, and where they are."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.resolve.complaints.models.case import Case


class SavedView(models.Model):
    """A filter of the inbox under a name; shared views are seen by the whole team."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """Words somebody has begun, and the state of the case they had before them."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    form = models.CharField(max_length=16)
    words = EncryptedTextField()
    case_version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user", "form"], name="draft_once")
        ]

    def __str__(self) -> str:
        return f"draft in case {self.case_id}"


class Presence(models.Model):
    """That somebody has the case open, and whether they are writing."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    writing = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user"], name="presence_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in case {self.case_id}"
