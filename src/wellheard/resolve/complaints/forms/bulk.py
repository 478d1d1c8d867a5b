"""Forms that change many cases, and the one that writes up a call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation, Place
from wellheard.people.staff.models import User
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.sharing import NEEDS_BASIS
from wellheard.resolve.complaints.forms.fields import WAYS, line, pick, words
from wellheard.resolve.complaints.forms.scans import ManyFiles
from wellheard.resolve.complaints.presenters.sharing import SHARING
from wellheard.resolve.complaints.queries.rulebook import priority_in_force

LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("ar", _("Arabic"))]


class BulkForm(forms.Form):
    """What is to happen to every selected case."""

    change = pick(
        _("What should happen to them?"),
        [
            ("assign", _("Give them to somebody")),
            ("snooze", _("Put them aside")),
            ("tier", _("Set the urgency")),
            ("note", _("Add the same note")),
        ],
    )
    owner = forms.ModelChoiceField(
        label=_("New owner"), queryset=User.objects.none(), required=False
    )
    until = forms.ChoiceField(
        label=_("Put aside until"),
        required=False,
        choices=[
            ("tomorrow", _("Tomorrow morning")),
            ("days", _("In three days")),
            ("week", _("In a week")),
        ],
    )
    tier = forms.ChoiceField(label=_("Urgency"), required=False)
    words = words(_("Why, or the note"), required=False, rows=2)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner, tier = self.fields["owner"], self.fields["tier"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert isinstance(tier, forms.ChoiceField)
        roles = ["nurse_manager", "px_specialist", "grievance_officer"]
        owner.queryset = (
            User.objects.filter(
                organisation_id=person.organisation_id,
                is_active=True,
                memberships__role__in=roles,
            )
            .distinct()
            .order_by("name")
        )
        tiers = priority_in_force(person.organisation_id).tiers.values()
        tier.choices = [(one.code, one.label) for one in tiers]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        change = data.get("change")
        if change == "assign" and not data.get("owner"):
            self.add_error("owner", _("Choose the new owner."))
        if change in {"tier", "note"} and not data.get("words"):
            self.add_error("words", _("Write a sentence."))
        return data


class CaptureForm(forms.Form):
    """A call, a letter or a talk, written up by staff. The clock starts when it was said."""

    channel = pick(_("How did it reach us?"), WAYS)
    received_at = forms.DateTimeField(
        label=_("When?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("The clocks count from this moment."),
    )
    place = forms.ModelChoiceField(
        label=_("Which place is it about?"),
        queryset=Place.objects.none(),
        required=False,
        empty_label=_("No place, or not known"),
    )
    text = words(_("What they said, in their words"), rows=6)
    wish = line(_("What would put it right for them?"), required=False, most=1000)
    read_back = forms.BooleanField(label=_("I read it back to them"), required=False)
    subjects = forms.MultipleChoiceField(
        label=_("What is it about?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    name = line(_("The patient's name"), required=False)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=200)
    phone = forms.CharField(label=_("Mobile phone"), required=False, max_length=40)
    may_write = forms.BooleanField(
        label=_("They agree that we write to them about this"), required=False
    )
    language = forms.ChoiceField(label=_("They read"), choices=LANGUAGES)
    complainant = pick(
        _("Who told us?"),
        [
            ("patient", _("The patient")),
            ("representative", _("Somebody who may speak for the patient")),
            ("other", _("Somebody else")),
            ("unknown", _("Not known")),
        ],
    )
    complainant_name = line(_("Their name, if it is not the patient"), required=False)
    sharing = forms.ChoiceField(
        label=_("May we talk about the patient with them?"),
        required=False,
        help_text=_(
            "Only when it is not the patient. Until it is noted: general information only."
        ),
    )
    sharing_basis = line(
        _("How did the patient agree, or which document did you see?"), required=False, most=500
    )
    scans = ManyFiles(
        label=_("The letter, scanned"),
        required=False,
        help_text=_("PDF or pictures, up to 5. Type the words above; the scan stays beside them."),
    )
    formal_request = forms.BooleanField(label=_("They ask for formal handling"), required=False)
    settled = forms.BooleanField(label=_("Staff present settled it there and then"), required=False)

    def __init__(self, *args: Any, person: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        place, subjects = self.fields["place"], self.fields["subjects"]
        assert isinstance(place, forms.ModelChoiceField)
        assert isinstance(subjects, forms.MultipleChoiceField)
        within = person.places("case.capture")
        place.queryset = Place.objects.of(person.organisation_id).within(within)
        place.required = within is not None
        sharing = self.fields["sharing"]
        assert isinstance(sharing, forms.ChoiceField)
        sharing.choices = [("", _("It is the patient, or not known")), *SHARING.items()]
        subjects.choices = [(code, rulebook.subject_label(code)) for code in rulebook.subjects()]

    def clean_received_at(self) -> datetime:
        received_at: datetime = self.cleaned_data["received_at"]
        if received_at > self.now:
            raise forms.ValidationError(_("This moment is still to come."))
        return received_at

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("sharing") in NEEDS_BASIS and not data.get("sharing_basis"):
            self.add_error("sharing_basis", _("Write how the patient agreed, or what you saw."))
        if data.get("complainant") in ("representative", "other") and not data.get("sharing"):
            data["sharing"] = "not_asked"
        return data


def organisation_of(person: Person) -> Organisation:
    """The organisation somebody works for."""
    return Organisation.objects.get(pk=person.organisation_id)
