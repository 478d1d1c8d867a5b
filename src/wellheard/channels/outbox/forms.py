"""The filters above the list of messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from wellheard.channels.outbox.models import Message, MessageAttempt, MessageQuerySet
from wellheard.channels.outbox.presenters import STATES, template_label
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place

CHANNELS = [("sms", _("Text message")), ("email", _("Email"))]


class MessageFilters(forms.Form):
    """Everything is optional; a value that is not offered shows nothing rather than everything."""

    state = forms.ChoiceField(required=False, label=_("State"))
    channel = forms.ChoiceField(required=False, label=_("Way"))
    template = forms.ChoiceField(required=False, label=_("Kind"))
    place = forms.ChoiceField(required=False, label=_("Place"))
    about = forms.CharField(required=False, max_length=64, label=_("Case number"))
    patient = forms.CharField(required=False, max_length=16, label=_("Patient reference"))

    def __init__(self, data: Any, *, person: Person) -> None:
        super().__init__(data)
        self._offer("state", _("Every state"), [(code, state.label) for code, state in STATES])
        self._offer("channel", _("Text message and email"), CHANNELS)
        self._offer("template", _("Every kind"), _templates(person))
        self._offer("place", _("Every place"), _places(person))

    def _offer(self, name: str, every: Any, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices]

    def narrow(self, messages: MessageQuerySet) -> MessageQuerySet:
        """The messages that fit; ``messages`` carry their state."""
        if not self.is_valid():
            return messages.none()
        wanted = self.cleaned_data
        exact = {
            "state": wanted["state"],
            "template": wanted["template"],
            "place_id": wanted["place"],
            "about_id": wanted["about"].strip().lstrip("#"),
            "patient__reference": wanted["patient"].strip().upper(),
        }
        narrowed = messages.filter(**{name: value for name, value in exact.items() if value})
        return _by_way(narrowed, wanted["channel"]) if wanted["channel"] else narrowed

    def is_on(self) -> bool:
        """Whether any filter narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())


def _by_way(messages: MessageQuerySet, channel: str) -> MessageQuerySet:
    """Those that went, or were told to go, this way."""
    tried = MessageAttempt.objects.filter(message=OuterRef("pk"), channel=channel)
    return messages.filter(Q(channel=channel) | Exists(tried))


def _templates(person: Person) -> list[tuple[str, str]]:
    codes = Message.objects.visible_to(person).order_by("template").values_list("template")
    return [(code, template_label(code)) for (code,) in codes.distinct()]


def _places(person: Person) -> list[tuple[str, str]]:
    places = Place.objects.of(person.organisation_id).within(person.places("message.read"))
    return [(str(place.pk), place.name) for place in places]
