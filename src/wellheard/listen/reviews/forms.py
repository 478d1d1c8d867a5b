"""Forms of public voices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.reviews.codec import FIELDS
from wellheard.listen.reviews.models import ListingStep, Outlet
from wellheard.people.places.models import Place

KINDS = {
    "feed": gettext_lazy("RSS or Atom feed"),
    "json": gettext_lazy("JSON pages"),
    "csv": gettext_lazy("CSV file"),
}
ABOUTS = {
    "review": gettext_lazy("Reviews"),
    "mention": gettext_lazy("Mentions"),
    "story": gettext_lazy("Patient stories"),
    "listing": gettext_lazy("Listings that may pose as us"),
}
STEPS = {
    "ours": gettext_lazy("This listing is ours"),
    "false": gettext_lazy("This listing is not ours"),
    "reported": gettext_lazy("Reported to the outlet"),
    "refused": gettext_lazy("The outlet refused"),
    "taken_down": gettext_lazy("It was taken down"),
}
STATES = {
    "open": gettext_lazy("To be looked at"),
    "ours": gettext_lazy("Ours"),
    "false": gettext_lazy("Not ours"),
    "taken_down": gettext_lazy("Taken down"),
}
_KEYS = frozenset({*FIELDS, "items", "next", "scale", "complete"})
_BIGGEST = 5_000_000


class OutletForm(forms.Form):
    """A new outlet."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    about = forms.ChoiceField(label=gettext_lazy("What it publishes"), choices=list(ABOUTS.items()))
    kind = forms.ChoiceField(label=gettext_lazy("How it is read"), choices=list(KINDS.items()))
    address = forms.URLField(
        label=gettext_lazy("Address"), required=False, max_length=500, assume_scheme="https"
    )
    keywords = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=500)
    mapping = forms.CharField(
        label=gettext_lazy("Names of its fields"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )

    def clean_keywords(self) -> list[str]:
        return [word for part in self.cleaned_data["keywords"].split(",") if (word := part.strip())]

    def clean_mapping(self) -> dict[str, Any]:
        """Lines "ours = theirs"."""
        found: dict[str, Any] = {}
        for line in filter(str.strip, self.cleaned_data["mapping"].splitlines()):
            ours, equals, theirs = (part.strip() for part in line.partition("="))
            if not equals or ours not in _KEYS or not theirs:
                raise forms.ValidationError(
                    _("This line cannot be read: %(line)s"), params={"line": line[:60]}
                )
            found[ours] = theirs
        if "scale" in found and not (found["scale"].isdecimal() and 1 < int(found["scale"]) < 1000):
            raise forms.ValidationError(_("The scale is a whole number, such as 5 or 10."))
        if "scale" in found:
            found["scale"] = int(found["scale"])
        if "complete" in found:
            found["complete"] = found["complete"].casefold() in {"yes", "true", "1"}
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        address = data.get("address", "")
        if address and not address.startswith(("http://", "https://")):
            self.add_error("address", _("Only addresses that begin with http or https are read."))
        if not address and data.get("kind") != "csv":
            self.add_error("address", _("Say where it is read. Only CSV files can be brought."))
        return data


class BroughtForm(forms.Form):
    """A CSV file that somebody brings."""

    file = forms.FileField(label=gettext_lazy("CSV file"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > _BIGGEST:
            raise forms.ValidationError(_("The file is larger than 5 MB. Please split it."))
        return file


class PlaceForm(forms.Form):
    """Which place a review is about."""

    place = forms.ModelChoiceField(
        label=gettext_lazy("It is about"),
        queryset=Place.objects.none(),
        required=False,
        empty_label=gettext_lazy("No place in particular"),
    )

    def __init__(self, data: Any, *, places: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places


class StepForm(forms.Form):
    """What was done about a listing."""

    kind = forms.ChoiceField(label=gettext_lazy("What was done"), choices=list(STEPS.items()))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)


class ListForm(forms.Form):
    """Which public voices to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("Those that stand")),
            ("place", gettext_lazy("Those whose place is to be confirmed")),
            ("deleted", gettext_lazy("Deleted ones")),
            ("spam", gettext_lazy("Spam")),
        ],
    )
    outlet = forms.ModelChoiceField(
        label=gettext_lazy("Outlet"),
        queryset=Outlet.objects.none(),
        required=False,
        empty_label=gettext_lazy("All outlets"),
    )

    def __init__(self, data: Any, *, organisation_id: int) -> None:
        super().__init__(data)
        field = self.fields["outlet"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Outlet.objects.filter(organisation_id=organisation_id).exclude(
            about=Outlet.About.LISTING
        )


assert set(STEPS) == set(ListingStep.Kind.values)
