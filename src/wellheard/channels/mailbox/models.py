"""Mails that came in, their files, and how far each mailbox has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.people.patients.visibility import kept_from

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    """Mails, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those of the organisation, for people who read messages of the whole of it: a mail
        names no place."""
        if person.places("message.read") is not None:
            return self.none()
        mine = self.filter(organisation_id=person.organisation_id)
        return mine.exclude(kept_from(person, "message.read"))

    def set_aside(self) -> Self:
        """Those that a machine seems to have written and nobody has looked at since."""
        return self.exclude(reason="").filter(inbound__isnull=True, looked_at__isnull=True)


class IncomingMail(models.Model):
    """One mail, kept once. ``reason``: why it is no person's mail ("" when it is one).

    ``words`` is what is new in it; ``original`` all that stood there. ``refers_to``: a message of
    ours that it names although its sender is not known there; a person decides whether they belong
    together.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    message_id_digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    sender = EncryptedTextField(blank=True)
    sender_name = EncryptedTextField(blank=True)
    subject = EncryptedTextField(blank=True)
    words = EncryptedTextField(blank=True)
    original = EncryptedTextField(blank=True)
    language = models.CharField(max_length=16, blank=True)
    is_reply = models.BooleanField(default=False)
    problems = models.JSONField(default=list)
    patient = models.ForeignKey("people.Patient", models.PROTECT, null=True, related_name="+")
    answers = models.ForeignKey("channels.Message", models.PROTECT, null=True, related_name="+")
    refers_to = models.ForeignKey("channels.Message", models.PROTECT, null=True, related_name="+")
    inbound = models.OneToOneField(
        "channels.InboundMessage", models.PROTECT, null=True, related_name="mail"
    )
    sent_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    looked_by = models.CharField(max_length=80, blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "fingerprint"], name="mail_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-arrived_at"], name="mail_newest"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class MailFile(models.Model):
    """A file of a mail: kept, refused (its bytes are not kept), or set aside as dangerous (its
    bytes lie sealed and are never given out)."""

    class State(models.TextChoices):
        KEPT = "kept"
        REFUSED = "refused"
        QUARANTINED = "quarantined"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    mail = models.ForeignKey(IncomingMail, models.CASCADE, related_name="files")
    name = EncryptedTextField(blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices)
    why = models.CharField(max_length=12, blank=True)
    found = models.CharField(max_length=80, blank=True)
    handed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"file {self.pk} of mail {self.mail_id}"


class MailFileContent(models.Model):
    """The sealed bytes of one file, apart; gone once a case has taken the file over."""

    file = models.OneToOneField(MailFile, models.CASCADE, primary_key=True, related_name="content")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"content of file {self.file_id}"


class MailboxState(models.Model):
    """How far one mailbox has been read, and what went wrong last. ``account`` is a digest."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    account = models.CharField(max_length=64)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=40, blank=True)
    trouble_since = models.DateTimeField(null=True)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "account"], name="mailbox_state_once")
        ]

    def __str__(self) -> str:
        return f"mailbox {self.pk}"
