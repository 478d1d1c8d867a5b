"""In which formats, and how formally, letters are written."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.base.audit.actor import Actor
from wellheard.people.preferences.actions import state_wishes
from wellheard.people.preferences.forms.topic import WishForm, Words

FORMAT_NAMES: dict[str, Words] = {
    "large": _("Large print"),
    "easy": _("Easy read, with pictures"),
    "audio": _("To listen to"),
    "signed": _("Sign language video"),
}
TONE_NAMES: dict[str, Words] = {
    "": _("As usual"),
    "warm": _("Warm and personal"),
    "formal": _("Formal"),
}


class LettersForm(WishForm):
    topic = "letters"
    question = _("How should our letters be?")
    why = _("You get every letter in print too. What you choose here comes with it, at no cost.")

    formats = forms.MultipleChoiceField(
        label=_("Also send my letters as"),
        choices=list(FORMAT_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    tone = forms.ChoiceField(
        label=_("Tone"), choices=list(TONE_NAMES.items()), widget=forms.RadioSelect, required=False
    )

    def now(self) -> dict[str, Any]:
        was = self.stated()
        return {"formats": list(was.formats), "tone": was.tone}

    def keep(self, *, by: Actor, at: datetime) -> None:
        wishes = replace(
            self.stated(),
            formats=tuple(self.cleaned_data["formats"]),
            tone=self.cleaned_data["tone"],
        )
        state_wishes(patient=self.patient, wishes=wishes, by=by, at=at)
