"""What staff say when they set up a kiosk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.invitations.presenters import words
from wellheard.listen.kiosk.models import Kiosk
from wellheard.listen.surveys.instruments import codes, instrument
from wellheard.people.places.models import Touchpoint


class KioskForm(forms.Form):
    """Where it stands, what it asks, how it forgets."""

    spot = forms.ChoiceField(label=gettext_lazy("Where it stands"))
    name = forms.CharField(label=gettext_lazy("Name of the screen"), max_length=80)
    instrument = forms.ChoiceField(label=gettext_lazy("What it asks"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (Kiosk.Kind.STANDING, gettext_lazy("People stand at it")),
            (Kiosk.Kind.BEDSIDE, gettext_lazy("At the bedside: it waits longer")),
        ],
    )
    keeps_left = forms.BooleanField(
        label=gettext_lazy("Count what was rated before somebody left"),
        help_text=gettext_lazy("Words that were not sent are forgotten either way."),
        required=False,
        initial=True,
    )

    def __init__(self, data: Any = None, *, places: Any, organisation_id: int) -> None:
        super().__init__(data)
        spot, asked = self.fields["spot"], self.fields["instrument"]
        assert isinstance(spot, forms.ChoiceField) and isinstance(asked, forms.ChoiceField)
        self._places = {place.pk: place for place in places}
        touchpoints = Touchpoint.objects.open().filter(place_id__in=self._places)
        self._touchpoints = {each.pk: each for each in touchpoints}
        spot.choices = list(self._spots())
        known = [
            instrument(each, organisation_id=organisation_id) for each in codes(organisation_id)
        ]
        # An official survey is asked in the ways its owner allows; a kiosk is none of them.
        own = [each for each in known if not each.is_official]
        asked.choices = [
            ("", _("The comment card")),
            *((each.code, words(each.title, "en")) for each in own),
        ]

    def _spots(self) -> Any:
        for place in self._places.values():
            yield f"place:{place.pk}", f"{place.name}, {place.site.name}"
            for each in self._touchpoints.values():
                if each.place_id == place.pk:
                    yield f"touchpoint:{each.pk}", f"{each.name}, {place.name}"

    def spot_chosen(self) -> tuple[Any, Touchpoint | None]:
        """The place, and the touchpoint in it if one was chosen."""
        kind, _colon, number = self.cleaned_data["spot"].partition(":")
        if kind == "place":
            return self._places[int(number)], None
        touchpoint = self._touchpoints[int(number)]
        return self._places[touchpoint.place_id], touchpoint
