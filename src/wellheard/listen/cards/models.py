"""A card while it is being written, and what is left of it afterwards: a receipt for one day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CardDraft(models.Model):
    """Answers so far. ``key`` is a digest of the token in the address, and ``sealed`` can be read
    only with that token: neither the database nor a backup can tell what was begun and left."""

    key = models.CharField(max_length=64, primary_key=True)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    sealed = models.TextField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"draft for place {self.place_id}"


class DraftFile(models.Model):
    """A photo or voice note added to a draft, sealed with the same token."""

    draft = models.ForeignKey(CardDraft, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=8)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.kind} of a draft"


class CardReceipt(models.Model):
    """That the card with this token was sent, so that its last page can be opened again."""

    key = models.CharField(max_length=64, primary_key=True)
    comment = models.ForeignKey("listen.Comment", models.CASCADE, related_name="+")
    on_kiosk = models.BooleanField(default=False)
    by_email = models.BooleanField(default=False)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"receipt of {self.comment_id}"


class FollowLink(models.Model):
    """The secret address at which a sender sees what became of their comment."""

    comment = models.OneToOneField("listen.Comment", models.CASCADE, related_name="follow_link")
    secret_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name: ClassVar = "follow link"

    def __str__(self) -> str:
        return f"follow link of {self.comment_id}"
