"""Name and language."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wellheard.base.audit.actor import Actor
from wellheard.people.patients.actions import change_patient
from wellheard.people.patients.models import Patient
from wellheard.people.preferences.forms.topic import TopicForm


class NameForm(TopicForm):
    topic = "name"
    question = _("What should we call you?")
    why = _("We use this name when we write to you.")

    preferred_name = forms.CharField(
        label=_("Name you like to be called"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    pronouns = forms.CharField(
        label=_("Pronouns"),
        help_text=_("If you want to say. For example: she, he, they."),
        max_length=40,
        required=False,
    )

    def now(self) -> dict[str, Any]:
        return {
            "preferred_name": self.patient.preferred_name,
            "pronouns": self.patient.pronouns,
        }

    def keep(self, *, by: Actor, at: datetime) -> None:
        change_patient(
            patient=self.patient,
            by=by,
            at=at,
            preferred_name=self.cleaned_data["preferred_name"],
            pronouns=self.cleaned_data["pronouns"],
        )


class LanguageForm(TopicForm):
    topic = "language"
    question = _("Which language should we use?")
    why = _("We write to you in this language.")

    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)

    def __init__(self, patient: Patient, data: Any = None, *, at: datetime) -> None:
        super().__init__(patient, data, at=at)
        spoken = set(patient.organisation.languages)
        choices = [(code, name) for code, name in settings.LANGUAGES if code in spoken]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def now(self) -> dict[str, Any]:
        return {"language": self.patient.language}

    def keep(self, *, by: Actor, at: datetime) -> None:
        change_patient(patient=self.patient, by=by, at=at, language=self.cleaned_data["language"])
