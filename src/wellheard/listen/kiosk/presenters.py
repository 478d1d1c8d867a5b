"""What the pages of a kiosk show."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from wellheard.listen.invitations.presenters import words
from wellheard.listen.kiosk.models import Kiosk
from wellheard.listen.surveys.instruments import instrument


def screen(kiosk: Kiosk) -> dict[str, Any]:
    """Where the screen stands."""
    spot, place = kiosk.touchpoint, kiosk.place
    return {
        "spot_name": f"{spot.name} · {place.name}" if spot else place.name,
        "site_name": place.site.name,
        "screen_name": kiosk.name,
    }


def welcomes(kiosk: Kiosk) -> list[dict[str, str]]:
    """One way to begin for each language in which it can be asked, in its own words."""
    asked = (
        instrument(kiosk.instrument, organisation_id=kiosk.organisation_id)
        if kiosk.instrument
        else None
    )
    offered = kiosk.place.organisation.languages
    found = []
    for code in offered:
        if asked is not None and code not in asked.languages:
            continue
        with translation.override(code):
            found.append(
                {
                    "code": code,
                    "name": str(dict(settings.LANGUAGES).get(code, code)),
                    "dir": "rtl" if get_language_info(code)["bidi"] else "ltr",
                    "url": reverse("kiosk:begin"),
                    "words": words(asked.title, code) if asked else _("How was your care?"),
                }
            )
    return found


def state_words(state: str) -> str:
    """Where a kiosk is, in words."""
    return {
        "waiting": _("Waiting for its device"),
        "on": _("In use"),
        "left": _("Ended at the screen"),
        "revoked": _("Ended from the desk"),
    }[state]
