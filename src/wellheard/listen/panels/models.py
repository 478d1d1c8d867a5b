"""Panels, their members and meetings, advice with what became of it, and choices told."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from wellheard.base.vault.fields import EncryptedTextField


class Panel(models.Model):
    """A standing group that is asked. Only an advisory board is made of patients and families."""

    class Kind(models.TextChoices):
        ADVISORY = "advisory"
        LOST = "lost"
        COMMUNITY = "community"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    begun_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="panel_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class PanelMember(models.Model):
    """Somebody for a term. ``patient``: how an advisory member is written to; members of the other
    panels have none, so that nothing of theirs can be taken for a patient's."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="members")
    name = EncryptedTextField()
    patient = models.ForeignKey(
        "people.Patient", models.PROTECT, null=True, blank=True, related_name="+"
    )
    language = models.CharField(max_length=16, blank=True)
    sex = models.CharField(max_length=16, blank=True)
    age_band = models.CharField(max_length=16, blank=True)
    ethnicity = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="member_term_runs_forward"
            )
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"


class PanelMeeting(models.Model):
    """A meeting and what stood on its agenda."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="meetings")
    held_on = models.DateField()
    agenda = models.TextField()

    class Meta:
        ordering: ClassVar = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"meeting {self.pk}"


class AdviceQuerySet(models.QuerySet["Advice"]):
    """Advice, narrowed in ways that can be chained."""

    def overdue(self, today: date) -> Self:
        """Not decided by its day, or decided and some member not told by it."""
        open_ = Q(outcome="") | Q(told_at__isnull=True)
        return self.filter(open_, due_on__lt=today)


class Advice(models.Model):
    """One thing a panel advised: who answers for it, by when, and what became of it."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="advice")
    meeting = models.ForeignKey(
        PanelMeeting, models.SET_NULL, null=True, blank=True, related_name="advice"
    )
    text = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    why = models.CharField(max_length=1000, blank=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    objects = AdviceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-given_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="") | ~Q(why=""), name="advice_decided_with_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"advice {self.pk}"


class AdviceTold(models.Model):
    """That a member was told what became of an advice; without a message, in person."""

    advice = models.ForeignKey(Advice, models.CASCADE, related_name="told")
    member = models.ForeignKey(PanelMember, models.CASCADE, related_name="+")
    message = models.ForeignKey(
        "channels.Message", models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["advice", "member"], name="told_once")
        ]

    def __str__(self) -> str:
        return f"told {self.pk}"


class ChoiceAnswer(models.Model):
    """Why somebody who is not our patient chose us or somebody else. Never a comment, a response
    or a fact: what counts patients does not read this table."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="choices")
    reason = models.CharField(max_length=20)
    reasons_version = models.CharField(max_length=20)
    went_to = models.CharField(max_length=120, blank=True)
    words = EncryptedTextField(blank=True)
    language = models.CharField(max_length=16, blank=True)
    age_band = models.CharField(max_length=16, blank=True)
    told_on = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "told_on"], name="choice_by_day")]

    def __str__(self) -> str:
        return f"choice {self.pk}"
