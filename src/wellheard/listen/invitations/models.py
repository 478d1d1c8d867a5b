"""A link by which one person answers one survey once."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField


class Invitation(models.Model):
    """One single-use link. ``progress``: the answers so far and the items passed, as sealed JSON;
    it is emptied when the survey is sent. ``seed``: what the order of mixed questions and answers
    follows from, kept so that the order somebody saw can be told afterwards (0: as written).
    ``turn`` counts the times that something was kept: whoever keeps an answer says which turn they
    saw, so that two open pages never undo each other. ``resume_key``: digest of the short code with
    which the survey is opened on another device. ``ended_as`` says why nobody answers any more
    ("died", "declined", "stranger"), or "sent" when the answers went into ``SealedAnswers``.
    ``anonymous``: it is promised that nobody can tell who gave which answers; see there. Then
    nothing here changes before the answers are sent, and then only that it was used; ``age_band``
    and ``sex`` are what goes on with them, as coarse as enough of those drawn share it.
    ``words_apart``: what is said in words may be about the people of the place, so it goes to those
    who read the whole organisation. ``idle_seconds``: on a shared screen of ours, after how long
    without a touch it is cleared (0: the person's own device).
    ``device`` (phone, tablet, computer) and ``last_item`` (the item passed last) say where people
    stop; no more of a device is kept than its class."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey(
        "people.Touchpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    patient = models.ForeignKey(
        "people.Patient", models.PROTECT, null=True, blank=True, related_name="+"
    )
    instrument = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8, default="web")
    language = models.CharField(max_length=16, blank=True)
    key = models.CharField(max_length=64, unique=True)
    progress = EncryptedTextField(blank=True)
    turn = models.PositiveIntegerField(default=0)
    resume_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    ended_as = models.CharField(max_length=12, blank=True)
    anonymous = models.BooleanField(default=False)
    words_apart = models.BooleanField(default=False)
    idle_seconds = models.PositiveSmallIntegerField(default=0)
    age_band = models.CharField(max_length=16, blank=True)
    sex = models.CharField(max_length=24, blank=True)
    seed = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=8, blank=True)
    last_item = models.CharField(max_length=40, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    response = models.ForeignKey(
        "listen.Response", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    # The secret of the link while somebody holds it open; never stored.
    secret: str = ""

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(finished_at=None),
                name="invitation_open",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class LinkHalf(models.Model):
    """Half A of one further link to an anonymous invitation: every message carries a link of its
    own, made as it leaves, as none can be made again."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="halves")
    key = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"a link to invitation {self.invitation_id}"


class SplitDraft(models.Model):
    """What was answered by a link so far, under half B of it and sealed with its secret. Nothing
    here says which invitation it belongs to. ``keep_until``: the first of a month."""

    key = models.CharField(max_length=64, primary_key=True)
    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    sealed = models.TextField()
    turn = models.PositiveIntegerField(default=0)
    keep_until = models.DateField()

    def __str__(self) -> str:
        return "a draft without a name"


class SealedAnswers(models.Model):
    """Answers under a promise of anonymity, on their way from a person to the responses.

    Nothing here says whose they are: a random key, no moment, no link to the invitation, all of
    one length. Each new row comes with others that are written anew, so that no order of rows and
    no transaction tells which is the new one. They wait until those of enough others lie beside
    them, and then leave together in a random order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    month = models.DateField()
    sealed = EncryptedTextField()

    def __str__(self) -> str:
        return f"sealed answers to {self.instrument}"


class MixedBatch(models.Model):
    """That anonymous answers went on together: how many, and how many at least share whatever is
    kept beside one of them. ``level``: what of the place they keep."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=40)
    batch = models.UUIDField(unique=True)
    level = models.CharField(max_length=12)
    week = models.DateField()
    answers = models.PositiveIntegerField()
    smallest = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.answers} answers to {self.instrument} together"


class InvitationFile(models.Model):
    """A photo or recording given as an answer, sealed. It goes on with the sent answers."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="files")
    item = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.kind} for {self.item}"
