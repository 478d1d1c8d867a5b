"""Attributes and groups of people in words."""

from __future__ import annotations

import contextlib

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _


def attribute_names() -> dict[str, str]:
    """What people are told apart by."""
    return {
        "language": _("Language"),
        "age_band": _("Age"),
        "sex": _("Sex"),
        "ethnicity": _("Race and ethnicity"),
        "payer": _("Payer"),
        "mode": _("How they answered"),
        "helped": _("Whether staff helped"),
    }


def mode_names() -> dict[str, str]:
    """On what people answered."""
    return {
        "web": _("Their own device"),
        "paper": _("Paper"),
        "phone": _("Telephone"),
        "kiosk": _("Shared screen"),
        "sms": _("Text message"),
        "mail": _("Mail"),
        "api": _("Another program"),
    }


def group_name(attribute: str, value: str) -> str:
    """A group's own name: "Spanish" for es, "Not said" where nobody asked or answered."""
    named = mode_names().get(value) if attribute == "mode" else None
    if attribute == "helped":
        named = _("Helped by staff") if value else _("No help noted")
    if named or not value:
        return named or _("Not said")
    if attribute == "language":
        with contextlib.suppress(KeyError):
            return str(get_language_info(value)["name_translated"])
    return value[:1].upper() + value[1:]


def verdict_words(verdict: str) -> str:
    """What a verdict means."""
    return {
        "worse": _("worse"),
        "better": _("better"),
        "no_difference_shown": _("cannot tell: within chance"),
        "reference": _("compared with"),
    }[verdict]
