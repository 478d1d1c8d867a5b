"""Forms for rules, priorities, policy, delegations and the team."""

from __future__ import annotations

import copy
import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.people.places.models import Site
from wellheard.people.staff.models import User
from wellheard.resolve.complaints.forms.fields import line, words

_MOST = 400
_WHY = _("Why? It is kept with the change.")


class NumbersForm(forms.Form):
    """The numbers of a rule pack, without touching the rest of it."""

    def __init__(self, *args: Any, pack: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pack = pack
        for clock in pack["clocks"]:
            ((unit, number),) = clock["count"].items()
            if unit != "stated_days":
                self.fields[f"clock_{clock['code']}"] = forms.IntegerField(
                    label=f"{clock['label']} ({unit.replace('_', ' ')}, {clock['clause']})",
                    min_value=0,
                    max_value=_MOST,
                    initial=number,
                )
        for name, label in _NUMBERS.items():
            self.fields[name] = forms.IntegerField(
                label=label, min_value=1, max_value=_MOST, initial=_number(pack, name)
            )
        self.fields["effective_from"] = forms.DateField(
            label=_("Holds for cases opened from"),
            widget=forms.DateInput(attrs={"type": "date"}),
        )
        self.fields["reason"] = line(_WHY, most=500)

    def changed_pack(self) -> dict[str, Any]:
        """The pack with the new numbers; a warning never comes after its deadline."""
        data = copy.deepcopy(self.pack)
        for clock in data["clocks"]:
            number = self.cleaned_data.get(f"clock_{clock['code']}")
            if number is not None:
                ((unit, _old),) = clock["count"].items()
                clock["count"] = {unit: number}
                ((warn_unit, warn),) = clock["warn_after"].items()
                if warn_unit == unit:
                    clock["warn_after"] = {unit: min(warn, max(0, number - 1))}
        data["interim_days"]["default"] = self.cleaned_data["interim_days"]
        data["reopen_within_days"] = self.cleaned_data["reopen_within_days"]
        data["reading_grade_limit"] = self.cleaned_data["reading_grade_limit"]
        data["effective_from"] = self.cleaned_data["effective_from"].isoformat()
        return data


_NUMBERS = {
    "interim_days": _("Days promised in an interim letter"),
    "reopen_within_days": _("Days in which a person may reopen"),
    "reading_grade_limit": _("Highest reading grade of a letter"),
}


def _number(pack: dict[str, Any], name: str) -> int:
    value = pack[name]
    return int(value["default"] if isinstance(value, dict) else value)


class PackForm(forms.Form):
    """A whole rule pack as data."""

    content = forms.CharField(
        label=_("The pack as JSON"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "dir": "ltr"}),
        max_length=400_000,
    )
    reason = line(_WHY, most=500)

    def clean_content(self) -> dict[str, Any]:
        try:
            found = json.loads(self.cleaned_data["content"])
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                _("Line %(line)s is not JSON: %(why)s") % {"line": error.lineno, "why": error.msg}
            ) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(_("A pack is one JSON object."))
        return found


class PriorityForm(forms.Form):
    """Which tier each topic has, and how soon each tier hears from us."""

    def __init__(self, *args: Any, model: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.model = model
        tiers = [(row["code"], row["label"]) for row in model["tiers"]]
        for topic in model["topics"]:
            self.fields[f"topic_{topic['code']}"] = forms.ChoiceField(
                label=topic["label"], choices=tiers, initial=topic["tier"]
            )
        for tier in model["tiers"]:
            ((unit, number),) = tier["first_reply"].items()
            self.fields[f"tier_{tier['code']}"] = forms.IntegerField(
                label=f"{tier['label']}: first reply ({unit.replace('_', ' ')})",
                min_value=1,
                max_value=_MOST,
                initial=number,
            )
        self.fields["reason"] = line(_WHY, most=500)

    def changed_model(self) -> dict[str, Any]:
        """The model with what was chosen."""
        data = copy.deepcopy(self.model)
        for topic in data["topics"]:
            topic["tier"] = self.cleaned_data[f"topic_{topic['code']}"]
        for tier in data["tiers"]:
            ((unit, _old),) = tier["first_reply"].items()
            tier["first_reply"] = {unit: self.cleaned_data[f"tier_{tier['code']}"]}
        return data


class PolicyForm(forms.Form):
    """What the written policy says and every person is told."""

    contact_name = line(_("Contact person for complaints"))
    contact_phone = line(_("Their phone number"), most=40)
    contact_email = line(_("Their e-mail"), required=False)
    agency_name = line(_("Outside body people may turn to"), required=False)
    agency_phone = line(_("Its phone number"), required=False, most=40)
    agency_address = line(_("Its address"), required=False, most=300)
    quality_name = line(_("Quality Improvement Organization"), required=False)
    quality_phone = line(_("Its phone number"), required=False, most=40)
    advocacy_name = line(_("Independent advocacy"), required=False)
    advocacy_phone = line(_("Its phone number"), required=False, most=40)
    interim_days = forms.IntegerField(
        label=_("Days promised in an interim letter"), min_value=1, max_value=_MOST
    )
    decides_by = forms.ChoiceField(
        label=_("Who decides grievances?"),
        choices=[
            ("governing_body", _("The governing body")),
            ("committee", _("A committee to which it delegated in writing")),
        ],
    )
    reason = line(_WHY, most=500)


class DelegationForm(forms.Form):
    """The governing body's written delegation."""

    committee = line(_("Committee"))
    members = words(_("Members, one a line"), rows=4)
    document = line(_("Document (minute, date)"), most=300)
    valid_from = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_until = forms.DateField(
        label=_("Valid until before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last <= first:
            self.add_error("valid_until", _("This day lies before the first one."))
        return data


class AbsenceForm(forms.Form):
    """Somebody is away."""

    user = forms.ModelChoiceField(label=_("Who?"), queryset=User.objects.none())
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Back on"), widget=forms.DateInput(attrs={"type": "date"}))
    cover = forms.ModelChoiceField(
        label=_("Who covers?"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_staff(self, organisation_id, "user", "cover")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] <= data["since"]:
            self.add_error("until", _("This day lies before the first one."))
        if data.get("cover") and data.get("cover") == data.get("user"):
            self.add_error("cover", _("Choose somebody else."))
        return data


class OnCallForm(forms.Form):
    """Somebody is called when a person may be in danger."""

    user = forms.ModelChoiceField(label=_("Who?"), queryset=User.objects.none())
    site = forms.ModelChoiceField(
        label=_("For which site?"),
        queryset=Site.objects.none(),
        required=False,
        empty_label=_("The whole house"),
    )
    since = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_staff(self, organisation_id, "user")
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)
        site.queryset = Site.objects.filter(organisation_id=organisation_id)


def fill_staff(form: forms.Form, organisation_id: int, *names: str) -> None:
    """Offer those who work on cases."""
    roles = ["nurse_manager", "px_specialist", "grievance_officer"]
    able = User.objects.filter(
        organisation_id=organisation_id, is_active=True, memberships__role__in=roles
    )
    for name in names:
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = able.distinct().order_by("name")
        field.empty_label = _("Choose somebody")
