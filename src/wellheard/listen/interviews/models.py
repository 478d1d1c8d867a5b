"""Studies, those who take part, what they said, and how coders read it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField


class Study(models.Model):
    """One question looked into by talking: its guide, and from whom it wants to hear."""

    class Kind(models.TextChoices):
        INTERVIEWS = "interviews"
        GROUPS = "groups"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=500)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    guide = models.TextField(blank=True)
    begun_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-begun_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class Quota(models.Model):
    """How many people of one kind a study wants to hear."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="quotas")
    label = models.CharField(max_length=80)
    wanted = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "label"], name="quota_once")
        ]

    def __str__(self) -> str:
        return self.label


class Participant(models.Model):
    """Somebody who takes part, known in everything but this row by a code such as P3.

    After a withdrawal only the code and the moment are left: the name and every word are gone.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="participants")
    quota = models.ForeignKey(Quota, models.PROTECT, related_name="participants")
    code = models.CharField(max_length=8)
    name = EncryptedTextField(blank=True)
    may_quote = models.BooleanField(default=False)
    may_record = models.BooleanField(default=False)
    consented_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "code"], name="participant_code_once")
        ]

    def __str__(self) -> str:
        return self.code


class Conversation(models.Model):
    """One interview or group, written down."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=120)
    held_on = models.DateField()
    kept_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["held_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """What one person said at one go. Without a participant: who led the conversation."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="passages")
    number = models.PositiveIntegerField()
    participant = models.ForeignKey(
        Participant, models.CASCADE, null=True, blank=True, related_name="passages"
    )
    text = EncryptedTextField()

    class Meta:
        ordering: ClassVar = ["conversation_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "number"], name="passage_number_once")
        ]

    def __str__(self) -> str:
        return f"passage {self.pk}"


class CodeBook(models.Model):
    """One version of a study's codes: code to [name, what it means]. Never changed."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="books")
    version = models.PositiveSmallIntegerField()
    codes = models.JSONField(default=dict)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "version"], name="code_book_once")
        ]

    def __str__(self) -> str:
        return f"codes {self.version}"


class Coding(models.Model):
    """How one coder read one passage by one version of the codes; no codes: none fits."""

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="codings")
    book = models.ForeignKey(CodeBook, models.PROTECT, related_name="+")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    codes = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["passage", "book", "coder"], name="coded_once")
        ]

    def __str__(self) -> str:
        return f"coding {self.pk}"
