"""What the weekly analysis found, who signed it, and what each unit was sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class WeeklyReview(models.Model):
    """One week's analysis. ``digest`` is a hash of its findings' data, so that they stay provable.

    ``week_of``: the Monday it was made for; figures are of whole months that ended before it.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    week_of = models.DateField()
    made_at = models.DateTimeField()
    sign_by = models.DateTimeField()
    looked_at = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "week_of"], name="review_once_a_week")
        ]

    def __str__(self) -> str:
        return f"review of {self.week_of}"


class Finding(models.Model):
    """One thing the analysis found: ``kind`` as ``understand.findings`` names it (earlier weeks:
    better, worse, rising). ``data``: the figures it rests on; never a patient's words."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    review = models.ForeignKey(WeeklyReview, models.CASCADE, related_name="findings")
    place = models.ForeignKey(
        "people.Place", models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=160)
    says = models.CharField(max_length=600)
    data = models.JSONField(default=dict)
    is_new = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "place", "kind", "subject"], name="finding_once_a_review"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def verdict(self) -> str:
        """ "better", "worse", "ended" or "matters"."""
        return str(self.data.get("verdict") or self.kind)

    @property
    def counts_comments(self) -> bool:
        """Whether it counts comments, which only some may read."""
        details = self.data.get("details", {})
        return self.kind in ("rising", "theme_rise") or bool(details.get("counts_comments"))

    @property
    def rank(self) -> float:
        return float(self.data.get("rank", 0))

    @property
    def reference(self) -> str:
        """How people cite it."""
        return f"F-{self.pk}"


class SignOff(models.Model):
    """That somebody read a week's analysis, and what they make of it."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    review = models.ForeignKey(WeeklyReview, models.CASCADE, related_name="signatures")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "reader"], name="signature_once")
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} read {self.review_id}"


class MissedReview(models.Model):
    """That nobody had signed a week's analysis in time."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    review = models.OneToOneField(WeeklyReview, models.CASCADE, related_name="missed")
    noticed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"nobody read {self.review_id}"


class UnitDigest(models.Model):
    """What one person was told about one place in one week: that place and no other."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    review = models.ForeignKey(WeeklyReview, models.CASCADE, related_name="digests")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "reader", "place"], name="digest_once_a_week")
        ]

    def __str__(self) -> str:
        return f"digest of {self.place_id} for {self.reader_id}"


class DigestOpening(models.Model):
    """That the reader opened their digest."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    digest = models.OneToOneField(UnitDigest, models.CASCADE, related_name="opening")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"opened {self.digest_id}"
