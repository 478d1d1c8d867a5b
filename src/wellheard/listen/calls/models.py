"""People to call, and every call."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models

from wellheard.base.vault.fields import EncryptedTextField
from wellheard.people.patients.visibility import kept_from

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


class CallTaskQuerySet(models.QuerySet["CallTask"]):
    """People to call, narrowed in ways that can be chained."""

    def visible_to(self, person: Person) -> Self:
        """Those of places for which this member of staff calls; never themselves."""
        mine = self.filter(organisation_id=person.organisation_id)
        mine = mine.exclude(kept_from(person, "call.make"))
        places = person.places("call.make")
        return mine if places is None else mine.filter(place_id__in=places)


class CallTask(models.Model):
    """One person to be asked one survey by telephone. ``progress``: the answers so far, sealed,
    emptied when it ends; ``due_at``: not to be called before; ``ended_as``: the last outcome."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    place = models.ForeignKey("people.Place", models.PROTECT, related_name="+")
    patient = models.ForeignKey("people.Patient", models.PROTECT, related_name="+")
    step = models.OneToOneField(
        "listen.ModeStep", models.SET_NULL, null=True, blank=True, related_name="call_task"
    )
    instrument = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=16)
    interpreter = models.BooleanField(default=False)
    progress = EncryptedTextField(blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=20, blank=True)
    response = models.ForeignKey(
        "listen.Response", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CallTaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=models.Q(ended_at=None),
                name="call_due",
            )
        ]

    def __str__(self) -> str:
        return f"call task {self.pk}"


class CallAttempt(models.Model):
    """One call. ``outcome``: a code of the calling rules; "" while it lasts."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    task = models.ForeignKey(CallTask, models.CASCADE, related_name="attempts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=16)
    interpreter = models.BooleanField(default=False)
    rules_version = models.CharField(max_length=16)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(ended_at=None), name="call_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"
