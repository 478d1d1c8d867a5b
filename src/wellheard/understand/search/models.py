"""The words of comments as they are searched, and words somebody looks for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField


class SearchText(models.Model):
    """A comment's plain words with blanks around each, as written and as read masked.

    ``masked`` is null where masking changed nothing. The row goes when the comment goes.
    """

    comment = models.OneToOneField(
        "listen.Comment", models.CASCADE, primary_key=True, related_name="sought"
    )
    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    plain = models.TextField()
    masked = models.TextField(null=True)

    class Meta:
        indexes: ClassVar = [
            # "The newest of ours" without putting all of them in order first.
            models.Index(fields=["organisation", "comment"], name="search_text_in_order")
        ]

    def __str__(self) -> str:
        return f"words of {self.comment_id}"


class SoughtWords(models.Model):
    """What somebody typed, under a key for the address: patients' names never stand in one."""

    key = models.CharField(max_length=32, primary_key=True)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    words = EncryptedTextField()
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"words {self.key[:6]}"
