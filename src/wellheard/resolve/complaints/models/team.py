"""The team: people in a case, absences with cover, the on-call list, and pages to it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.resolve.complaints.models.step import Step


class CasePerson(Step):
    """Somebody with a part in the case. Whoever is named in it never owns or decides it."""

    class Part(models.TextChoices):
        NAMED = "named"
        WITNESS = "witness"
        FAMILY = "family"
        HELPER = "helper"

    part = models.CharField(max_length=8, choices=Part.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = EncryptedTextField(blank=True)
    may_hear = models.BooleanField(default=False)


class Sharing(Step):
    """Whether we may talk about the patient with whoever complains for them. The newest holds.

    ``state`` is one of the sharing rules; ``basis`` how the agreement was given or which document
    was seen.
    """

    state = models.CharField(max_length=12)
    basis = EncryptedTextField(blank=True)


class Absence(models.Model):
    """Days on which somebody is away, and who covers. Half-open: back on `until`."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="absence_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"absence of {self.user_id}"


class OnCall(models.Model):
    """Who is paged for possible danger, for a site or for the whole house, and when."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    site = models.ForeignKey("people.Site", models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "since"], name="on_call_now")]

    def __str__(self) -> str:
        return f"{self.user_id} on call"


class Page(Step):
    """That a member of staff was called to a case of possible danger; answered or passed on."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rung = models.PositiveSmallIntegerField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    passed_on_at = models.DateTimeField(null=True)

    class Meta(Step.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "rung", "to"], name="page_once_per_rung")
        ]
