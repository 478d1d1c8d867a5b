"""Which formats of a letter are wanted, what people wrote or recorded for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.resolve.complaints.models.step import Step


class WantedFormat(models.Model):
    """A format in which the person wants this letter. ``made_at``: since when they can have it;
    until then it waits for a person, by ``due_at``."""

    class Kind(models.TextChoices):
        LARGE = "large", "large print"
        EASY = "easy", "easy read"
        AUDIO = "audio", "audio"
        SIGNED = "signed", "sign language"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    dispatch = models.ForeignKey(
        "resolve.LetterDispatch", models.CASCADE, related_name="wanted_formats"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    wanted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispatch", "kind"], name="format_wanted_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=models.Q(made_at__isnull=True),
                name="format_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of letter {self.dispatch_id}"


class EasyWording(Step):
    """What somebody wrote in place of one line of a letter, in easier words. The newest holds."""

    dispatch = models.ForeignKey(
        "resolve.LetterDispatch", models.CASCADE, related_name="easy_wordings"
    )
    number = models.PositiveSmallIntegerField()
    text = EncryptedTextField()


class SignedRequest(Step):
    """That a named interpreter was asked to sign a letter on video, and by when."""

    dispatch = models.ForeignKey(
        "resolve.LetterDispatch", models.CASCADE, related_name="signed_requests"
    )
    sign_language = models.CharField(max_length=8)
    interpreter = models.CharField(max_length=200)
    due_on = models.DateField()


class FormatFile(Step):
    """A recording of a letter: somebody reading it, or signing it. Its bytes lie apart."""

    class Kind(models.TextChoices):
        AUDIO = "audio"
        SIGNED = "signed"

    dispatch = models.ForeignKey(
        "resolve.LetterDispatch", models.CASCADE, related_name="format_files"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    language = models.CharField(max_length=16)
    recorded_by = models.CharField(max_length=200)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)


class FormatPiece(models.Model):
    """One sealed piece of a recording: a player asks for some of it, not for all."""

    file = models.ForeignKey(FormatFile, models.CASCADE, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "number"], name="format_piece_once")
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.file_id}"
