"""Plans of asking the same people again, and each asking."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models


class FollowUpPlanQuerySet(models.QuerySet["FollowUpPlan"]):
    """Plans, narrowed in ways that can be chained."""

    def running(self) -> Self:
        """Those a second person started and nobody stopped."""
        return self.filter(started_at__isnull=False, stopped_at=None)


class FollowUpPlan(models.Model):
    """Whom to ask again after a visit, and when. It never changes; a second person starts it.

    ``kinds``: of visits; ``months`` after the visit's end; no ``places``: all.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    instrument = models.CharField(max_length=40)
    kinds = models.JSONField(default=list)
    months = models.JSONField(default=list)
    places = models.ManyToManyField("people.Place", related_name="+")
    rule_version = models.CharField(max_length=40)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = FollowUpPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-pk"]

    def __str__(self) -> str:
        return f"follow-up plan {self.pk}"

    @property
    def state(self) -> str:
        """proposed, running or stopped."""
        if self.stopped_at:
            return "stopped"
        return "running" if self.started_at else "proposed"


class FollowUp(models.Model):
    """One asking of one person after one visit; ``dropped_as`` says why there is none.

    The link leads to the answers by its invitation. Nobody's page says what was answered.
    """

    class Dropped(models.TextChoices):
        DIED = "died"
        REFUSED = "refused"
        STOPPED = "stopped"
        NO_FIRST = "no_first"
        NO_CONSENT = "no_consent"
        UNREACHABLE = "unreachable"
        TOO_LATE = "too_late"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    plan = models.ForeignKey(FollowUpPlan, models.PROTECT, related_name="askings")
    visit = models.ForeignKey("people.Visit", models.CASCADE, related_name="+")
    patient = models.ForeignKey(
        "people.Patient", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    months = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    dropped_as = models.CharField(max_length=12, choices=Dropped.choices, blank=True)
    invitation = models.OneToOneField(
        "listen.Invitation", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "visit", "months"], name="follow_up_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(asked_at=None, dropped_as=""),
                name="follow_up_waiting",
            ),
            models.Index(fields=["organisation", "months"], name="follow_up_by_months"),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
