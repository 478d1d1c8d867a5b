"""What came in, word for word, and what it was taken for."""

from __future__ import annotations

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField


class InboundMessage(models.Model):
    """One message from a patient. The gateway may hand it over twice; it is kept once."""

    class Word(models.TextChoices):
        STOP = "stop", "asked us to stop"
        START = "start", "asked us to write again"
        HELP = "help", "asked who we are"
        REPLY = "reply", "an answer to read"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    provider_id = models.CharField(max_length=200)
    address_digest = models.CharField(max_length=64)
    sender = EncryptedTextField()
    body = EncryptedTextField(blank=True)
    word = models.CharField(max_length=8, choices=Word.choices)
    language = models.CharField(max_length=16, blank=True)
    patient = models.ForeignKey("people.Patient", models.PROTECT, null=True, related_name="+")
    answers = models.ForeignKey("channels.Message", models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "provider_id"], name="inbound_once"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-received_at"], name="inbound_newest"),
            models.Index(fields=["address_digest", "-received_at"], name="inbound_from_address"),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.pk}"
