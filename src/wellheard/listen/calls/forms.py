"""Putting somebody on the call list; one question of an interview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wellheard.listen.sheets.forms import field_of
from wellheard.listen.surveys.instruments import codes, instrument
from wellheard.listen.surveys.rules import Item
from wellheard.people.places.models import Place


class TaskForm(forms.Form):
    """Somebody to call."""

    reference = forms.CharField(label=gettext_lazy("Reference of the patient"), max_length=16)
    place = forms.ModelChoiceField(label=gettext_lazy("Place"), queryset=Place.objects.none())
    instrument = forms.ChoiceField(label=gettext_lazy("Questions"))
    agreed = forms.BooleanField(
        label=gettext_lazy("I asked: they agree to be called for a survey"), required=False
    )

    def __init__(self, data: Any = None, *, places: Any, organisation_id: int) -> None:
        super().__init__(data)
        place, asked = self.fields["place"], self.fields["instrument"]
        assert isinstance(place, forms.ModelChoiceField) and isinstance(asked, forms.ChoiceField)
        place.queryset = places
        language = (get_language() or "en").partition("-")[0]
        titles = [
            (code, instrument(code, organisation_id=organisation_id).title)
            for code in codes(organisation_id)
        ]
        asked.choices = [
            (code, title.get(language) or next(iter(title.values()))) for code, title in titles
        ]


class ConcernForm(forms.Form):
    """What somebody told that cannot wait."""

    text = forms.CharField(
        label=gettext_lazy("What they told, in their words"),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )


class EndForm(forms.Form):
    """How a call ended."""

    outcome = forms.CharField(max_length=20)
    call_back_at = forms.DateTimeField(
        label=gettext_lazy("Call again at, by the patient's clock"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M"],
    )


class QuestionForm(forms.Form):
    """One question, as it is read; a table has a field for each of its rows."""

    def __init__(self, data: Any = None, *, item: Item, language: str, given: Any = None) -> None:
        super().__init__(data)
        for row in item.rows:
            self.fields[f"row_{row.code}"] = field_of(item, language, label=row.text[language])
            if isinstance(given, dict):
                self.initial[f"row_{row.code}"] = given.get(row.code)
        if not item.rows:
            self.fields["answer"] = field_of(item, language)
            self.initial["answer"] = given
            if item.kind in ("ranking", "file", "voice"):
                self.fields["answer"] = forms.CharField(
                    required=False,
                    label=item.text[language],
                    help_text=_("In order, for example 3,1,2") if item.kind == "ranking" else "",
                )

    def raw(self, item: Item, data: Any) -> object:
        """What was given, to be read as an answer."""
        if item.rows:
            return {row.code: data.get(f"row_{row.code}", "") for row in item.rows}
        return data.getlist("answer") if item.kind == "multiple" else data.get("answer", "")
