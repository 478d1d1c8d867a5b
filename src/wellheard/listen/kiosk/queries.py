"""Which kiosk a device is, and where each kiosk is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wellheard.base.vault.sealing import digest
from wellheard.listen.kiosk.models import Kiosk, KioskStep
from wellheard.listen.kiosk.rules import State, state_after
from wellheard.people.access.person import Person

_LOADED = ("place__site", "place__organisation", "touchpoint", "invitation")


@dataclass(frozen=True, slots=True)
class Line:
    """A kiosk as the list shows it."""

    kiosk: Kiosk
    state: State
    since: datetime


def kiosk_of_device(secret: str) -> Kiosk | None:
    """The kiosk that the device with this secret is; None when it is none (any more)."""
    if not secret:
        return None
    found = Kiosk.objects.select_related(*_LOADED)
    return found.filter(device_key=digest(secret, "kiosk-device"), place__closed_on=None).first()


def kiosk_waiting(setup: str, *, now: datetime) -> Kiosk | None:
    """The kiosk that a device can become at this address."""
    found = Kiosk.objects.select_related(*_LOADED)
    return found.filter(setup_key=digest(setup, "kiosk-setup"), setup_until__gt=now).first()


def kiosks_of(person: Person) -> list[Line]:
    """Every kiosk of the person's places, with where it is."""
    kiosks = Kiosk.objects.filter(organisation_id=person.organisation_id)
    places = person.places("kiosk.run")
    if places is not None:
        kiosks = kiosks.filter(place_id__in=places)
    lines = []
    for kiosk in kiosks.select_related(*_LOADED).prefetch_related("steps"):
        steps = sorted(kiosk.steps.all(), key=lambda step: (step.at, step.pk))
        known = [step for step in steps if step.what != KioskStep.What.WRONG_PIN]
        state = state_after([step.what for step in known])
        lines.append(Line(kiosk, state, known[-1].at if known else kiosk.made_at))
    return lines
