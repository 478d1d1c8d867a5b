"""What was found, kept so that pages show it at once; and what recurs, as one proposal each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class FindingRun(models.Model):
    """One search of everything. ``found``: every finding as ``Finding.as_dict`` writes it,
    never a patient's words; ``looked_at``: how many series of answers were searched."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    data_to = models.DateField(null=True)
    looked_at = models.PositiveIntegerField()
    policy = models.CharField(max_length=20)
    found = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-made_at"], name="finding_run_newest")
        ]

    def __str__(self) -> str:
        return f"findings of {self.made_at:%Y-%m-%d}"


class ImprovementProposalQuerySet(models.QuerySet["ImprovementProposal"]):
    """Proposals, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those of places whose comments the person may read, at least masked."""
        mine = self.filter(organisation_id=person.organisation_id)
        places = person.places("comment.read_masked")
        return mine if places is None else mine.filter(place_id__in=places)

    def open(self) -> Self:
        """Those nobody has closed."""
        return self.filter(closed_at__isnull=True)


class ImprovementProposal(models.Model):
    """That something recurs at a place and wants a change, with the comments that say so.

    Raised once for a theme at a place; while it is open it gathers what is said further.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    theme = models.CharField(max_length=60)
    says = models.CharField(max_length=500)
    began_on = models.DateField(null=True)
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    comments = models.ManyToManyField("listen.Comment", related_name="+")

    objects = ImprovementProposalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "theme"],
                condition=Q(closed_at__isnull=True),
                name="proposal_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}: {self.theme}"
