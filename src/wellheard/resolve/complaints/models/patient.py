"""What the person adds: files, and how the handling felt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.resolve.complaints.models.step import Step
from wellheard.resolve.complaints.models.steps import Closure


class CaseFile(Step):
    """A picture or document that came with the case, checked by what it is, not by its name."""

    name = EncryptedTextField()
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)


class CaseFileContent(models.Model):
    """The sealed bytes of one file, apart, so that lists never load them."""

    file = models.OneToOneField(CaseFile, models.CASCADE, primary_key=True, related_name="content")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"content of file {self.pk}"


class HandlingRating(Step):
    """Three questions after closure: respect, a fair process, a fair outcome; 1 to 5 each.

    The staff named in the case do not see it; totals do.
    """

    closure = models.OneToOneField(Closure, models.CASCADE, related_name="rating")
    respect = models.PositiveSmallIntegerField()
    process = models.PositiveSmallIntegerField()
    outcome = models.PositiveSmallIntegerField()
    words = EncryptedTextField(blank=True)

    class Meta(Step.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(respect__range=(1, 5), process__range=(1, 5), outcome__range=(1, 5)),
                name="rating_1_to_5",
            )
        ]
