"""Messages and what became of them. A message's state is read off its rows, never stored."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.people.patients.visibility import kept_from

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, narrowed in ways that can be chained."""

    def visible_to(self, person: Person, permission: str = "message.read") -> Self:
        """Those of the person's organisation, of the places they hold ``permission`` for; with
        the cases opened to them and without the cases denied to them. What somebody asked for
        themselves, to an address we do not keep, is nobody's to read."""
        mine = self.filter(organisation_id=person.organisation_id, patient__isnull=False)
        mine = mine.exclude(kept_from(person, permission))
        places = person.places(permission)
        if places is not None:
            opened = Q(about_kind="case", about_id__in=_cases(person, "grant", permission))
            mine = mine.filter(Q(place_id__in=places) | opened)
        return mine.exclude(about_kind="case", about_id__in=_cases(person, "deny", permission))

    def about(self, kind: str, key: str) -> Self:
        return self.filter(about_kind=kind, about_id=key)

    def with_state(self) -> Self:
        """Each with ``state``, the same word ``rules.state_of`` gives for its rows."""
        told = Receipt.objects.filter(attempt__message=OuterRef("pk"))
        receipts = told.filter(attempt__round=OuterRef("round"))
        accepted = MessageAttempt.objects.filter(
            message=OuterRef("pk"), round=OuterRef("round"), outcome="accepted"
        )
        newest = MessageDecision.objects.filter(message=OuterRef("pk")).order_by("-pk")
        return self.annotate(last_decision=Subquery(newest.values("kind")[:1])).annotate(
            state=Case(
                When(Exists(told.filter(status="delivered")), then=Value("delivered")),
                When(
                    Exists(receipts.filter(status__in=["undelivered", "failed"])),
                    then=Value("not_delivered"),
                ),
                When(Exists(accepted) | Exists(receipts), then=Value("sent")),
                When(
                    last_decision__in=["held", "refused", "gave_up", "cancelled"],
                    then=F("last_decision"),
                ),
                default=Value("waiting"),
                output_field=models.CharField(),
            )
        )

    def with_way(self) -> Self:
        """Each with ``way``: the channel of its last try, else the one it was told to take."""
        tries = MessageAttempt.objects.filter(message=OuterRef("pk")).order_by("-number")
        return self.annotate(way=Coalesce(Subquery(tries.values("channel")[:1]), F("channel")))

    def standing(self, *states: str) -> Self:
        """Those in one of these states, each with its ``state``."""
        return self.with_state().filter(Q(state__in=states))

    def free(self, now: datetime, longest_lease: timedelta) -> Self:
        """Those no worker holds. A lease that ends later than any lease can was made by a clock
        that has since been put back, and counts for nothing."""
        return self.filter(
            Q(leased_until__isnull=True)
            | Q(leased_until__lte=now)
            | Q(leased_until__gt=now + longest_lease)
        )

    def due(self, now: datetime, longest_hold: timedelta) -> Self:
        """Those to look at now; likewise those put off further than any hold can reach."""
        return self.filter(Q(due_at__lte=now) | Q(due_at__gt=now + longest_hold))


def _cases(person: Person, effect: str, permission: str) -> list[str]:
    return [
        str(ruling.case_id)
        for ruling in person.rulings
        if ruling.effect == effect
        and ruling.case_id is not None
        and ruling.permission in ("*", permission)
    ]


class Message(models.Model):
    """One message to one patient, written in the transaction of the act it tells of.

    ``once``: in place of a patient, the address to which somebody asked for this one message; it
    and the words are forgotten as soon as nothing is left to do.

    ``channel`` "" means: as the patient prefers, asked when it leaves. ``round`` counts the
    fresh sendings a person ordered after the network reported "not delivered"; within a round
    the provider is always given the same idempotency key. ``due_at``, ``handed_until`` and
    ``leased_until`` are the worker's calendar; ``due_at`` is null when nothing is left to do.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    patient = models.ForeignKey("people.Patient", models.PROTECT, null=True, related_name="+")
    once = EncryptedTextField(blank=True)
    place = models.ForeignKey("people.Place", models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=200)
    template = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=16)
    purpose = models.CharField(max_length=16)
    channel = models.CharField(max_length=8, blank=True)
    subject = EncryptedTextField()
    body = EncryptedTextField()
    short = EncryptedTextField(blank=True)
    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.CharField(max_length=64, blank=True)
    urgent = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    queued_by_kind = models.CharField(max_length=8)
    queued_by_ref = models.CharField(max_length=80)
    expires_at = models.DateTimeField(null=True)
    round = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    handed_until = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="message_once_per_key")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="message_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(fields=["organisation", "-queued_at"], name="message_newest"),
            models.Index(
                fields=["organisation", "about_kind", "about_id"], name="message_about_what"
            ),
            models.Index(fields=["patient", "-queued_at"], name="message_of_patient"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class MessageAttempt(models.Model):
    """One try to hand a message to a provider, kept before the try so that a crash shows."""

    class Outcome(models.TextChoices):
        UNKNOWN = "", "not known"
        ACCEPTED = "accepted", "accepted by the provider"
        FAILED = "failed", "failed, may be tried again"
        REJECTED = "rejected", "refused by the provider for good"

    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField()
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    channel = models.CharField(max_length=8)
    transport = models.CharField(max_length=16)
    contact = models.ForeignKey("people.ContactPoint", models.SET_NULL, null=True, related_name="+")
    address_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attempt_once_per_number")
        ]
        indexes = [
            models.Index(fields=["channel", "started_at"], name="attempt_pace"),
            models.Index(fields=["address_digest", "-started_at"], name="attempt_to_address"),
            models.Index(fields=["provider_id"], name="attempt_by_provider_id"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of message {self.message_id}"


class MessageDecision(models.Model):
    """Why a message waits, will not go, was given up, or was taken up again; by whom, and when."""

    class Kind(models.TextChoices):
        HELD = "held", "held until later"
        REFUSED = "refused", "not sent"
        GAVE_UP = "gave_up", "given up after several tries"
        RETRIED = "retried", "taken up again by a person"
        CANCELLED = "cancelled", "cancelled"

    message = models.ForeignKey(Message, models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    rule = models.CharField(max_length=40, blank=True)
    rules_version = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField(null=True)
    after_attempt = models.PositiveIntegerField(default=0)
    by_kind = models.CharField(max_length=8)
    by_ref = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["message", "id"], name="decision_of_message")]

    def __str__(self) -> str:
        return f"{self.kind} message {self.message_id}"


class Receipt(models.Model):
    """What the network later said of one attempt. The same word twice is one row."""

    class Status(models.TextChoices):
        QUEUED = "queued", "queued at the provider"
        SENT = "sent", "sent by the provider"
        DELIVERED = "delivered", "delivered"
        UNDELIVERED = "undelivered", "not delivered"
        FAILED = "failed", "failed"

    attempt = models.ForeignKey(MessageAttempt, models.CASCADE, related_name="receipts")
    status = models.CharField(max_length=16, choices=Status.choices)
    code = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "status"], name="receipt_once_per_status")
        ]

    def __str__(self) -> str:
        return f"{self.status} for attempt {self.attempt_id}"
