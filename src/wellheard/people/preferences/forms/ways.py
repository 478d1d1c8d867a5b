"""By which way, how often, where, and about what we may write."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.consent.actions import give_consent, withdraw_consent
from wellheard.people.consent.queries import consents_of
from wellheard.people.patients.actions import (
    add_contact,
    end_confidential,
    make_confidential,
)
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.patients.queries import masked_contact, open_contacts
from wellheard.people.patients.rules import ContactNotUnderstoodError, read_either
from wellheard.people.preferences.actions import state_wishes
from wellheard.people.preferences.forms.topic import USUAL, TopicForm, WishForm, Words
from wellheard.people.preferences.vocabulary import defaults, weekly_caps

NONE, OTHER = "none", "other"

CHANNEL_NAMES: dict[str, Words] = {
    "": _("Either way is fine"),
    "sms": _("Text message"),
    "email": _("Email"),
}

PURPOSE_NAMES: dict[str, Words] = {
    "reply": _("Answers to what I told you"),
    "survey": _("Questions about my care"),
    "reminder": _("Reminders of what we agreed"),
}


def most_a_week(cap: int) -> str:
    """ "No more than 3 a week" in the language of the page."""
    return ngettext("No more than %(n)d a week", "No more than %(n)d a week", cap) % {"n": cap}


class ChannelForm(WishForm):
    topic = "channel"
    question = _("How should we write to you?")
    why = _("We use this way when we can.")

    channel = forms.ChoiceField(
        label=_("Way to write"),
        choices=list(CHANNEL_NAMES.items()),
        widget=forms.RadioSelect,
        required=False,
    )

    def now(self) -> dict[str, Any]:
        return {"channel": self.stated().channel}

    def keep(self, *, by: Actor, at: datetime) -> None:
        wishes = replace(self.stated(), channel=self.cleaned_data["channel"])
        state_wishes(patient=self.patient, wishes=wishes, by=by, at=at)


class FrequencyForm(WishForm):
    topic = "frequency"
    question = _("How often may we write to you?")
    why = _("We will not send more than this in one week.")

    weekly_cap = forms.ChoiceField(label=_("Messages a week"), widget=forms.RadioSelect)

    def __init__(self, patient: Patient, data: Any = None, *, at: datetime) -> None:
        super().__init__(patient, data, at=at)
        usual = defaults(patient.organisation.jurisdiction).weekly_cap
        choices = [(USUAL, most_a_week(usual))]
        choices += [(str(cap), most_a_week(cap)) for cap in weekly_caps() if cap != usual]
        self.fields["weekly_cap"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def now(self) -> dict[str, Any]:
        cap = self.stated().weekly_cap
        return {"weekly_cap": USUAL if cap is None else str(cap)}

    def keep(self, *, by: Actor, at: datetime) -> None:
        answer = self.cleaned_data["weekly_cap"]
        wishes = replace(self.stated(), weekly_cap=None if answer == USUAL else int(answer))
        state_wishes(patient=self.patient, wishes=wishes, by=by, at=at)


class SafeContactForm(TopicForm):
    topic = "safe-contact"
    question = _("Is there only one safe way to reach you?")
    why = _("Choose this if other people may see your messages. We then write only there.")

    contact = forms.ChoiceField(label=_("Where we may write"), widget=forms.RadioSelect)
    other = forms.CharField(
        label=_("Another email or mobile number"), max_length=254, required=False
    )

    def __init__(self, patient: Patient, data: Any = None, *, at: datetime) -> None:
        self.points = {str(point.pk): point for point in open_contacts(patient.pk)}
        super().__init__(patient, data, at=at)
        known = [
            (key, gettext("Only %(contact)s") % {"contact": masked_contact(point)})
            for key, point in self.points.items()
        ]
        self.fields["contact"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (NONE, _("No, any of my contacts is fine")),
            *known,
            (OTHER, _("Only this other email or number")),
        ]

    def now(self) -> dict[str, Any]:
        private = next((key for key, point in self.points.items() if point.confidential), NONE)
        return {"contact": private}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("contact") != OTHER:
            return data
        try:
            read = read_either(data.get("other", ""), self.patient.organisation.country)
        except ContactNotUnderstoodError:
            self.add_error(
                "other", _("Type an email like name@example.org, or a number with area code.")
            )
        else:
            data["read"] = read
        return data

    def keep(self, *, by: Actor, at: datetime) -> None:
        answer = self.cleaned_data["contact"]
        if answer == NONE:
            end_confidential(patient=self.patient, by=by, at=at)
        else:
            make_confidential(contact=self._chosen(answer, by, at), by=by, at=at)

    def _chosen(self, answer: str, by: Actor, at: datetime) -> ContactPoint:
        if answer != OTHER:
            return self.points[answer]
        kind, value = self.cleaned_data["read"]
        return add_contact(patient=self.patient, kind=kind, value=value, by=by, at=at)


class PurposesForm(TopicForm):
    topic = "purposes"
    question = _("What may we write to you about?")
    why = _("We write only about what you choose here. You can change it at any time.")

    purposes = forms.MultipleChoiceField(
        label=_("You may send me"),
        choices=list(PURPOSE_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def now(self) -> dict[str, Any]:
        agreed = {purpose for _channel, purpose in consents_of(self.patient.pk, self.at)}
        return {"purposes": sorted(agreed)}

    def keep(self, *, by: Actor, at: datetime) -> None:
        wanted = set(self.cleaned_data["purposes"])
        channels = sorted({point.kind for point in open_contacts(self.patient.pk)})
        agreed = consents_of(self.patient.pk, at)
        with acting(by, at=at):
            for channel, purpose in sorted((c, p) for c in channels for p in wanted):
                if (channel, purpose) not in agreed:
                    self._give(channel, purpose, by, at)
            for channel, purpose in sorted(agreed):
                if purpose not in wanted:
                    self._withdraw(channel, purpose, by, at)

    def _give(self, channel: str, purpose: str, by: Actor, at: datetime) -> None:
        give_consent(
            patient=self.patient,
            channel=channel,
            purpose=purpose,
            wording=f"{self.question} {PURPOSE_NAMES[purpose]}",
            source="preferences",
            by=by,
            at=at,
        )

    def _withdraw(self, channel: str, purpose: str, by: Actor, at: datetime) -> None:
        withdraw_consent(
            patient=self.patient,
            channel=channel,
            purpose=purpose,
            source="preferences",
            by=by,
            at=at,
        )
