"""What people keep of their exploring."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class ExploreViewQuerySet(models.QuerySet["ExploreView"]):
    """Kept views, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """A person's own, and those that others share with the organisation."""
        mine = self.filter(organisation_id=person.organisation_id)
        return mine.filter(models.Q(user_id=person.user_id) | models.Q(shared=True))


class ExploreView(models.Model):
    """A name for an address of the explore page. It holds a question, never an answer."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=600)
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    objects = ExploreViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="explore_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
