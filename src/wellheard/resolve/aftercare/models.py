"""That somebody is asked, once, how their case was handled."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class HandlingSurvey(models.Model):
    """One closure whose person is asked, from ``due_at`` on; ``asked_at``: when they were.

    ``dropped_as`` says why they are not. The link leads to the answers by its invitation: the case
    knows that it was answered, and no page of the case says what.
    """

    class Dropped(models.TextChoices):
        REOPENED = "reopened"
        WITHDRAWN = "withdrawn"
        DIED = "died"
        UNREACHABLE = "unreachable"
        NO_PLACE = "no_place"
        TOLD_ALREADY = "told_already"
        ASKED_BEFORE = "asked_before"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("resolve.Case", models.CASCADE, related_name="handling_surveys")
    closure = models.OneToOneField(
        "resolve.Closure", models.CASCADE, related_name="handling_survey"
    )
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    dropped_as = models.CharField(max_length=12, choices=Dropped.choices, blank=True)
    invitation = models.OneToOneField(
        "listen.Invitation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rule_version = models.CharField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(asked_at__isnull=False),
                name="handling_asked_once_a_case",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(asked_at=None, dropped_as=""),
                name="handling_survey_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"handling survey {self.pk}"
