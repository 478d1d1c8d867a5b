"""Forms of the round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from wellheard.listen.rounds.models import Round
from wellheard.listen.rounds.prompts import prompts
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User

_LONGEST = 5_000


class RoundForm(forms.Form):
    """One talk: the button says what was done, the rest may stay empty."""

    prompt = forms.ChoiceField(
        label=gettext_lazy("Asked"), required=False, widget=forms.RadioSelect, choices=()
    )
    note = forms.CharField(
        label=gettext_lazy("What was said"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea({"rows": 3}),
    )
    to = forms.ModelChoiceField(
        label=gettext_lazy("Assign to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Whoever answers for this place"),
    )
    outcome = forms.ChoiceField(choices=Round.Outcome.choices)
    key = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, data: Any, *, staff: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        asked, to = self.fields["prompt"], self.fields["to"]
        assert isinstance(asked, forms.ChoiceField)
        assert isinstance(to, forms.ModelChoiceField)
        asked.choices = list(prompts().questions.items())
        to.queryset = staff


class BedsForm(forms.Form):
    """The beds of a place."""

    beds = forms.CharField(
        label=gettext_lazy("Beds"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 6}),
    )


class HeardForm(forms.Form):
    """What a patient told."""

    place = forms.ModelChoiceField(label=gettext_lazy("Where"), queryset=Place.objects.none())
    text = forms.CharField(
        label=gettext_lazy("What the patient said"),
        max_length=_LONGEST,
        widget=forms.Textarea({"rows": 5}),
    )
    anonymous = forms.BooleanField(label=gettext_lazy("Do not name me"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, data: Any, *, places: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places
