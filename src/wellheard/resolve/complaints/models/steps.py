"""The steps of a case: one row each, with who, when and why."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.resolve.complaints.models.step import Step


class Classification(Step):
    """What the facts made of the case under its rule pack. Lowering waits for a second person."""

    facts = models.JSONField()
    klass = models.CharField(max_length=16)
    decided_by = models.CharField(max_length=24, blank=True)
    fired = models.JSONField(default=list)
    lowers = models.BooleanField(default=False)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=80, blank=True)
    agreed_by_name = models.CharField(max_length=200, blank=True)
    refused_at = models.DateTimeField(null=True)

    class Meta(Step.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lowers=False)
                | Q(agreed_at__isnull=True)
                | ~Q(agreed_by=models.F("by_ref")),
                name="lowering_needs_a_second_person",
            )
        ]


class PriorityChange(Step):
    """That the tier was raised or lowered by a person or by what was said."""

    old = models.CharField(max_length=16)
    new = models.CharField(max_length=16)
    reasons = models.JSONField(default=list)


class Assignment(Step):
    """That somebody became the owner."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40)


class Acknowledgement(Step):
    """That the person was told we received this."""

    way = models.CharField(max_length=16)
    message_id = models.BigIntegerField(null=True)
    template = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=16)
    failed_at = models.DateTimeField(null=True)


class ContactAttempt(Step):
    """A call, visit or message by a person of ours, and whether it reached anybody."""

    way = models.CharField(max_length=16)
    reached = models.BooleanField()
    words = EncryptedTextField(blank=True)


class HandlingPlan(Step):
    """The talk about how this is handled and how long it is likely to take: offered, taken up?"""

    accepted = models.BooleanField()
    days = models.PositiveIntegerField(null=True)
    plan = EncryptedTextField(blank=True)


class SafetyReview(Step):
    """That somebody looked at possible danger, what they did, and whether the person is safe."""

    safe_now = models.BooleanField()
    done = EncryptedTextField()
    incident_reference = models.CharField(max_length=60, blank=True)


class PromptAnswer(Step):
    """The answer to a question the rule pack asks (referral offered, permission asked ...)."""

    prompt = models.CharField(max_length=24)
    answer = models.CharField(max_length=16)


class Snooze(Step):
    """Out of sight until a moment; clocks run on."""

    until = models.DateTimeField()
    woken_at = models.DateTimeField(null=True)


class Escalation(Step):
    """That somebody higher was told, and by which rule."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    to_role = models.CharField(max_length=30, blank=True)
    rule = models.CharField(max_length=60)
    seen_at = models.DateTimeField(null=True)


class Link(Step):
    """That another case is the same matter; it counts once."""

    other = models.ForeignKey("resolve.Case", models.PROTECT, related_name="+")


class ReceiptCorrection(Step):
    """That the day of receipt was put right. Clocks follow only to an earlier moment."""

    old = models.DateTimeField()
    new = models.DateTimeField()


class Promise(Step):
    """Something we said we would do by a day; kept, broken or let go, and visible as such."""

    words = EncryptedTextField()
    due_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=80, blank=True)
    broken_at = models.DateTimeField(null=True)


class Withdrawal(Step):
    """That the person no longer wishes this to be pursued."""


class Closure(Step):
    """That the case ended: how, and whether the person is satisfied with it."""

    class Satisfied(models.TextChoices):
        YES = "yes"
        NO = "no"
        UNKNOWN = "unknown"

    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=24)
    satisfied = models.CharField(max_length=8, choices=Satisfied.choices, default=Satisfied.UNKNOWN)
    told_at = models.DateTimeField(null=True)

    class Meta(Step.Meta):
        # The number makes two people who close at once compete for one row.
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="closure_once_per_number")
        ]


class Reopening(Step):
    """That a closed case was taken up again. An undone closure is one too, and is not counted."""

    class Kind(models.TextChoices):
        PERSON = "person"
        STAFF = "staff"
        UNDO = "undo"

    closure = models.OneToOneField(Closure, models.CASCADE, related_name="reopening")
    kind = models.CharField(max_length=8, choices=Kind.choices)
