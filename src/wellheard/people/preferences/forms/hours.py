"""The hours in which a patient wants to hear from us."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.patients.actions import change_patient
from wellheard.people.patients.models import Patient
from wellheard.people.preferences.actions import state_wishes
from wellheard.people.preferences.forms.topic import USUAL, WishForm, Words
from wellheard.people.preferences.vocabulary import defaults, windows, zones

OWN = "own"

ZONE_NAMES: dict[str, Words] = {
    "America/New_York": _("Eastern time (New York)"),
    "America/Chicago": _("Central time (Chicago)"),
    "America/Denver": _("Mountain time (Denver)"),
    "America/Phoenix": _("Arizona time (Phoenix)"),
    "America/Los_Angeles": _("Pacific time (Los Angeles)"),
    "America/Anchorage": _("Alaska time (Anchorage)"),
    "Pacific/Honolulu": _("Hawaii time (Honolulu)"),
    "America/Puerto_Rico": _("Puerto Rico time (San Juan)"),
    "Europe/London": _("UK time (London)"),
}

WINDOW_NAMES: dict[str, Words] = {
    "morning": _("In the morning"),
    "afternoon": _("In the afternoon"),
    "evening": _("In the evening"),
}


class HoursForm(WishForm):
    topic = "hours"
    question = _("When may we write to you?")
    why = _("We hold back messages at other times. Urgent safety messages may still come.")

    window = forms.ChoiceField(label=_("Time of day"), widget=forms.RadioSelect)
    speak_from = forms.ChoiceField(
        label=_("From"), help_text=_("Only if you choose the hours."), required=False
    )
    speak_until = forms.ChoiceField(label=_("Until"), required=False)
    zone = forms.ChoiceField(
        label=_("Your time zone"),
        help_text=_("So that your morning is our morning."),
        required=False,
    )

    def __init__(self, patient: Patient, data: Any = None, *, at: datetime) -> None:
        super().__init__(patient, data, at=at)
        hours = [("", "-"), *((f"{h:02}:00", time_format(time(h))) for h in range(24))]
        own_zones = [(zone, ZONE_NAMES[zone]) for zone in zones(patient.organisation.country)]
        choices: dict[str, list[tuple[str, Words]]] = {
            "window": self._windows(),
            "speak_from": list(hours),
            "speak_until": list(hours),
            "zone": [("", _("I do not know")), *own_zones],
        }
        for field, found in choices.items():
            self.fields[field].choices = found  # type: ignore[attr-defined]  # a ChoiceField

    def _windows(self) -> list[tuple[str, Words]]:
        usual = defaults(self.patient.organisation.jurisdiction)
        day = _("Any time of day, {start} to {end}").format(
            start=time_format(usual.quiet_until), end=time_format(usual.quiet_from)
        )
        parts = [
            (
                window.code,
                f"{WINDOW_NAMES[window.code]}, "
                f"{time_format(window.speak_from)} – {time_format(window.speak_until)}",
            )
            for window in windows()
        ]
        return [(USUAL, day), *parts, (OWN, _("I choose the hours"))]

    def now(self) -> dict[str, Any]:
        was = self.stated()
        start, end = was.quiet_until, was.quiet_from
        if start is None or end is None:
            return {"window": USUAL, "zone": self.patient.zone}
        code = next(
            (w.code for w in windows() if (w.speak_from, w.speak_until) == (start, end)), OWN
        )
        return {
            "window": code,
            "speak_from": start.isoformat("minutes"),
            "speak_until": end.isoformat("minutes"),
            "zone": self.patient.zone,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("window") != OWN:
            return data
        start, end = data.get("speak_from"), data.get("speak_until")
        if not start or not end:
            self.add_error("speak_from", _("Choose the hour to start and the hour to end."))
        elif start == end:
            self.add_error("speak_until", _("Choose an end that is not the same as the start."))
        return data

    def chosen(self) -> tuple[time | None, time | None]:
        """(quiet_from, quiet_until) of the valid answer; None, None for the usual hours."""
        code = self.cleaned_data["window"]
        if code == OWN:
            start, end = self.cleaned_data["speak_from"], self.cleaned_data["speak_until"]
            return time.fromisoformat(end), time.fromisoformat(start)
        window = next((w for w in windows() if w.code == code), None)
        return (window.speak_until, window.speak_from) if window else (None, None)

    def keep(self, *, by: Actor, at: datetime) -> None:
        quiet_from, quiet_until = self.chosen()
        wishes = replace(self.stated(), quiet_from=quiet_from, quiet_until=quiet_until)
        with acting(by, at=at):
            state_wishes(patient=self.patient, wishes=wishes, by=by, at=at)
            change_patient(patient=self.patient, by=by, at=at, zone=self.cleaned_data["zone"])
