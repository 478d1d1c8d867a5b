"""Comments that need a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Concerns, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those on comments the person may read in full."""
        mine = self.filter(organisation_id=person.organisation_id)
        places = person.places("comment.read")
        return mine if places is None else mine.filter(comment__place_id__in=places)


class Concern(models.Model):
    """That a comment needs a person, how soon, and by which rules.

    ``reasons``: ids of the rules that held; ``groups``: the must-not-miss groups found.
    """

    class Tier(models.TextChoices):
        IMMEDIATE = "immediate"
        HIGH = "high"
        NORMAL = "normal"

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    comment = models.OneToOneField("listen.Comment", models.CASCADE, related_name="concern")
    tier = models.CharField(max_length=10, choices=Tier.choices)
    reasons = models.JSONField(default=list)
    groups = models.JSONField(default=list)
    rules = models.CharField(max_length=40)
    found_at = models.DateTimeField()

    objects = ConcernQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "tier", "-found_at"], name="concern_newest")
        ]

    def __str__(self) -> str:
        return f"{self.tier} concern {self.pk}"
