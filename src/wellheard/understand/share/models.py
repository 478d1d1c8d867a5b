"""Published counts of cases by hospital and area, as they were published."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ShareFile(models.Model):
    """One Hospital Service Area file of one year. Of a year the newest holds.

    ``ours``: the CMS numbers of our hospitals in it; ``rows``: of the whole file.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    ours = models.JSONField(default=list)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    kept_by = models.CharField(max_length=80)
    kept_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["year", "kept_at", "pk"]

    def __str__(self) -> str:
        return f"{self.file_name} of {self.year}"


class ShareCell(models.Model):
    """Cases of one hospital from one area; None: not published because they are few."""

    file = models.ForeignKey(ShareFile, models.CASCADE, related_name="cells", db_index=False)
    hospital = models.CharField(max_length=6)
    area = models.CharField(max_length=5)
    cases = models.PositiveIntegerField(null=True)
    days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "area", "hospital"], name="share_cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.hospital} from {self.area}"
