"""What the parts of a letter are called in the composer, and what to write in them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from wellheard.resolve.complaints.rules.packs import Element
from wellheard.resolve.complaints.wording import say


def part_label(code: str, elements: Mapping[str, Element]) -> str:
    """What a part is called in the composer."""
    if code in elements:
        return elements[code].label
    labels = {"heard": _("What we heard"), "next": _("What happens next")}
    return labels.get(code) or say(f"part_{code}", "en")


def part_help(code: str, elements: Mapping[str, Element]) -> str:
    """What to write in a part."""
    if code in elements:
        return elements[code].help
    return {
        "heard": _("In their sense, before ours. Every issue they raised."),
        "next": _("What changes, and by when."),
    }.get(code, "")
