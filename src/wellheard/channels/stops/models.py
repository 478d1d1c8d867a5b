"""One row per change of mind about one address; the newest row is what holds."""

from __future__ import annotations

from django.db import models


class StopNotice(models.Model):
    """That an address asked to be left alone (``stopped``), or to be written to again.

    Keyed by the address's digest, not by a patient: the stop holds when the same number is given
    again, under another name, by a form or by an import.
    """

    class Source(models.TextChoices):
        WORD = "word", "a word in a reply"
        GATEWAY = "gateway", "the text gateway said so"
        ONE_CLICK = "one_click", "the unsubscribe button of a mail program"
        PAGE = "page", "the unsubscribe page"
        STAFF = "staff", "told to a member of staff"
        BOUNCE = "bounce", "the address does not exist"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    address_digest = models.CharField(max_length=64)
    stopped = models.BooleanField()
    source = models.CharField(max_length=16, choices=Source.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "kind", "address_digest", "id"], name="stop_by_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {'stopped' if self.stopped else 'open'}"
