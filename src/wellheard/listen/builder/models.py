"""Surveys in the making, and the answers with which they were tried out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class SurveyDraft(models.Model):
    """A definition that is being worked on; it may contradict itself until it is proposed.

    ``base_version``: the version it began from, 0 for a new survey. One draft of a code is open at
    a time; it closes when it is proposed or thrown away.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    base_version = models.PositiveSmallIntegerField(default=0)
    definition = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                condition=models.Q(closed_at=None),
                name="survey_draft_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"draft of {self.code}"


class SurveyTrial(models.Model):
    """Answers somebody gave to try a draft out. They are no response and never become facts."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    draft = models.ForeignKey(SurveyDraft, models.CASCADE, related_name="trials")
    language = models.CharField(max_length=16)
    seed = models.PositiveIntegerField()
    progress = models.TextField(blank=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"trial of {self.draft_id}"
