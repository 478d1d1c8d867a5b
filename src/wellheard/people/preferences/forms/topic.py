"""What every question of the preference centre shares."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from wellheard.base.audit.actor import Actor
from wellheard.people.patients.models import Patient
from wellheard.people.preferences.actions import Wishes
from wellheard.people.preferences.queries import stated_by

Words = str | Promise
USUAL = "usual"


class TopicForm(forms.Form):
    """One question of the preference centre, about one patient."""

    topic: ClassVar[str]
    question: ClassVar[Words]
    why: ClassVar[Words]

    def __init__(self, patient: Patient, data: Any = None, *, at: datetime) -> None:
        self.patient = patient
        self.at = at
        super().__init__(data, initial=self.now())

    def now(self) -> dict[str, Any]:
        """What the patient wants at present, by field."""
        raise NotImplementedError

    def keep(self, *, by: Actor, at: datetime) -> None:
        """Keeps the valid answer."""
        raise NotImplementedError


class WishForm(TopicForm):
    """A question whose answer is a part of the stated wishes."""

    def stated(self) -> Wishes:
        """The wishes as they are now."""
        row = stated_by(self.patient.pk)
        if row is None:
            return Wishes()
        return Wishes(
            row.channel, row.quiet_from, row.quiet_until, row.weekly_cap,
            tuple(row.formats), row.tone,
        )  # fmt: skip
