"""Forms of the staff's pages about patients."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wellheard.people.access.vocabulary import glass_rules
from wellheard.people.patients.models import Patient
from wellheard.people.patients.rules import ContactNotUnderstoodError, read_either
from wellheard.people.staff.models import User


class SearchForm(forms.Form):
    """One box: a reference, an e-mail or a number."""

    sought = forms.CharField(
        label=_("Reference, email or mobile number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PatientForm(forms.Form):
    """What staff may change of a patient."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    preferred_name = forms.CharField(
        label=_("Name they like to be called"), max_length=80, required=False
    )
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, patient: Patient, data: Any = None) -> None:
        names = ("name", "preferred_name", "pronouns", "language")
        super().__init__(data, initial={name: getattr(patient, name) for name in names})


class ContactForm(forms.Form):
    """A further e-mail or number."""

    value = forms.CharField(label=_("Email or mobile number"), max_length=254)

    def __init__(self, country: str, data: Any = None) -> None:
        self.country = country
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            data["kind"], data["value"] = read_either(data.get("value", ""), self.country)
        except ContactNotUnderstoodError:
            self.add_error("value", _("This is neither an email nor a number with area code."))
        return data


class DeathForm(forms.Form):
    """The day a patient died."""

    died_on = forms.DateField(
        label=_("Day of death"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, today: date, data: Any = None) -> None:
        self.today = today
        super().__init__(data)

    def clean_died_on(self) -> date:
        """Raises for a day to come."""
        died_on: date = self.cleaned_data["died_on"]
        if died_on > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return died_on


class HideForm(forms.Form):
    """From which colleague a record is kept, and why."""

    colleague = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, organisation_id: int, data: Any = None) -> None:
        super().__init__(data)
        staff = User.objects.filter(organisation_id=organisation_id, is_active=True)
        self.fields["colleague"].queryset = staff.order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField


class GlassForm(forms.Form):
    """Why a record must be opened in an emergency; the patient is typed, so that it is meant."""

    reference = forms.CharField(
        label=_("Patient's reference, email or number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What happened, in your own words"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        reasons = glass_rules().reasons.items()
        self.fields["reason"].choices = list(reasons)  # type: ignore[attr-defined]  # a ChoiceField
