"""The form by which staff make a single-use link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from wellheard.listen.surveys.instruments import codes
from wellheard.people.places.models import Place


class LinkForm(forms.Form):
    """For which place, in which language."""

    instrument = forms.CharField(widget=forms.HiddenInput, max_length=40)
    place = forms.ModelChoiceField(label=gettext_lazy("Place"), queryset=Place.objects.none())
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    anonymous = forms.BooleanField(
        label=gettext_lazy("Promise that nobody can tell who answered"),
        help_text=gettext_lazy("Answers are shown only together with four others or more."),
        required=False,
    )

    def __init__(self, data: Any = None, *, organisation_id: int, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._organisation_id = organisation_id
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Place.objects.of(organisation_id).open().select_related("site")

    def clean_instrument(self) -> str:
        code: str = self.cleaned_data["instrument"]
        if code not in codes(self._organisation_id):
            raise forms.ValidationError("unknown instrument")
        return code
