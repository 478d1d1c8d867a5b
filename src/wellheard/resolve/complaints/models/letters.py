"""Letters to the person: written, checked, translated, sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.resolve.complaints.models.step import Step


class Letter(Step):
    """A letter. Until it is released its words may change; from then on it is kept as it went.

    `parts` and `translation` are JSON objects, part code to text, sealed as a whole.
    """

    class Kind(models.TextChoices):
        INTERIM = "interim"
        DECISION = "decision"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    language = models.CharField(max_length=16)
    parts = EncryptedTextField()
    translation = EncryptedTextField(blank=True)
    translation_language = models.CharField(max_length=16, blank=True)
    translated_by = models.CharField(max_length=200, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    stated_days = models.PositiveIntegerField(null=True)
    flags = models.JSONField(default=list)
    grade = models.FloatField(null=True)
    changed_at = models.DateTimeField()


class LetterDispatch(Step):
    """That a letter was released. It leaves at `hold_until`, unless it was called back before."""

    class Way(models.TextChoices):
        MESSAGE = "message"
        POST = "post"
        IN_PERSON = "in_person"
        PAGE = "page"

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="dispatches")
    way = models.CharField(max_length=10, choices=Way.choices)
    body = EncryptedTextField()
    language = models.CharField(max_length=16)
    hold_until = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    message_id = models.BigIntegerField(null=True)
    called_back_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta(Step.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=models.Q(called_back_at__isnull=True, failed_at__isnull=True),
                name="letter_on_one_way",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["hold_until"],
                condition=models.Q(left_at__isnull=True, called_back_at__isnull=True),
                name="letter_held",
            )
        ]
