"""The words of the preference centre's first page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from wellheard.people.consent.queries import consents_of
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import masked_contact, open_contacts
from wellheard.people.preferences.forms.letters import FORMAT_NAMES, TONE_NAMES
from wellheard.people.preferences.forms.ways import CHANNEL_NAMES, PURPOSE_NAMES, most_a_week
from wellheard.people.preferences.queries import preference_of
from wellheard.people.preferences.rules import Preference


@dataclass(frozen=True)
class Overview:
    """What the first page shows. `items` are {name, value, url} of the design system's facts."""

    items: list[dict[str, Any]]
    stopped: bool
    nowhere: bool


def overview(patient: Patient, secret: str, at: datetime) -> Overview:
    """Every wish of the patient in words, with the address where each is changed."""
    wanted = preference_of(patient.pk)
    values = {
        "name": (_("Name"), _name(patient)),
        "language": (_("Language"), dict(settings.LANGUAGES).get(wanted.language, "")),
        "purposes": (_("What we write about"), _purposes(patient, at)),
        "channel": (_("How we write"), CHANNEL_NAMES.get(wanted.channel, "")),
        "hours": (_("When we write"), _hours(wanted)),
        "frequency": (_("How often"), most_a_week(wanted.weekly_cap)),
        "letters": (_("Letters"), _letters(wanted)),
        "safe-contact": (_("Safe contact"), _safe_contact(patient)),
    }
    items = [
        {"name": name, "value": value, "url": _address(secret, topic)}
        for topic, (name, value) in values.items()
    ]
    contacts = patient.contacts.all()
    stopped = bool(contacts) and all(point.stopped_at for point in contacts)
    return Overview(items, stopped, not contacts)


def _address(secret: str, topic: str) -> str:
    return reverse("preferences:topic", args=[secret, topic]) if secret else ""


def _name(patient: Patient) -> str:
    name = patient.preferred_name or patient.name
    if not name:
        return _("Not given. We start with “Hello”.")
    return f"{name} ({patient.pronouns})" if patient.pronouns else name


def _purposes(patient: Patient, at: datetime) -> str:
    agreed = {purpose for _channel, purpose in consents_of(patient.pk, at)}
    words = [str(words) for code, words in PURPOSE_NAMES.items() if code in agreed]
    return " · ".join(words) or _("Nothing")


def _hours(wanted: Preference) -> str:
    return _("From %(start)s to %(end)s") % {
        "start": time_format(wanted.quiet_until),
        "end": time_format(wanted.quiet_from),
    }


def _letters(wanted: Preference) -> str:
    words = [str(name) for code, name in FORMAT_NAMES.items() if code in wanted.formats]
    tone = str(TONE_NAMES[wanted.tone]) if wanted.tone else ""
    return " · ".join(filter(None, (*words, tone))) or _("As usual")


def _safe_contact(patient: Patient) -> str:
    private = next((p for p in open_contacts(patient.pk) if p.confidential), None)
    if private is None:
        return _("Any of your contacts")
    return _("Only %(contact)s") % {"contact": masked_contact(private)}
