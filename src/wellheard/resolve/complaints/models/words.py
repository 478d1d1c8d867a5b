"""What is written in a case: issues and their outcomes, the complainant's view, notes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.resolve.complaints.models.step import Step


class Issue(Step):
    """One thing the person raised. Each needs its own outcome before the case closes.

    `category`, `severity` (0-3) and `stage` follow the HCAT coding; they code what is alleged.
    """

    number = models.PositiveSmallIntegerField()
    words = EncryptedTextField()
    category = models.CharField(max_length=24, blank=True)
    severity = models.PositiveSmallIntegerField(null=True)
    stage = models.CharField(max_length=24, blank=True)
    joined = models.BooleanField(default=False)

    class Meta(Step.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="issue_number_once"),
            models.CheckConstraint(
                condition=models.Q(severity__isnull=True) | models.Q(severity__lte=3),
                name="issue_severity_0_to_3",
            ),
        ]


class IssueOutcome(Step):
    """What we found on one issue. The newest row holds; older ones stay."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="outcomes")
    outcome = models.CharField(max_length=24)
    finding = EncryptedTextField()


class Perspective(Step):
    """How the person sees it, in their own sense; written before our view."""

    words = EncryptedTextField()
    confirmed = models.BooleanField(default=False)
    wish = EncryptedTextField(blank=True)


class Note(Step):
    """A note of the team. It is never altered: an amendment stands beside it."""

    words = EncryptedTextField()
    private = models.BooleanField(default=True)


class NoteAmendment(Step):
    """What a note should say, and why; the note stays readable."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="amendments")
    words = EncryptedTextField()
