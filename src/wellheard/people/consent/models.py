"""The ledger. Rows are only ever added: the newest row for a channel and purpose is the truth."""

from django.db import models


class ConsentEntry(models.Model):
    """That a patient agreed, or stopped agreeing, to one purpose on one channel."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    patient = models.ForeignKey("people.Patient", models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=8)
    purpose = models.CharField(max_length=16)
    given = models.BooleanField()
    wording = models.TextField()
    source = models.CharField(max_length=32)
    by_kind = models.CharField(max_length=8)
    by_ref = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "channel", "purpose", "at"], name="consent_latest")
        ]

    def __str__(self) -> str:
        return f"{self.channel}/{self.purpose} {'given' if self.given else 'withdrawn'}"
