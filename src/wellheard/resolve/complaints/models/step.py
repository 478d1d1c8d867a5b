"""What every step row carries: whose case, who, when, and why."""

from __future__ import annotations

from django.db import models

from wellheard.base.vault.fields import EncryptedTextField


class Step(models.Model):
    """One thing that happened to a case. Rows are added, never altered."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("resolve.Case", models.CASCADE, related_name="%(class)ss")
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=8)
    by_ref = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    why = EncryptedTextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} of case {self.case_id}"
