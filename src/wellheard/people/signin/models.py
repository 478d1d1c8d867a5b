"""Tries to sign in, so that guessing can be slowed down without locking anybody out."""

from django.db import models


class SignInTry(models.Model):
    """One failed try. Account, device and source are keyed digests: none can be read back."""

    account = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    device = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="try_by_account"),
            models.Index(fields=["source", "at"], name="try_by_source"),
            models.Index(fields=["at"], name="try_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
