"""The formats of a letter that the person can have now."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.formats.presenters import sign_language
from wellheard.resolve.formats.source import has_format, newest_file

KINDS = {
    "standard": gettext_lazy("Letter to print (PDF)"),
    "large": gettext_lazy("Large print (PDF)"),
    "easy": gettext_lazy("Easy read, with pictures"),
    "audio": gettext_lazy("To listen to"),
    "signed": gettext_lazy("In sign language"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One format. ``note``: who reads or signs."""

    kind: str
    words: str
    url: str
    note: str = ""


def offers(dispatch: LetterDispatch, secret: str) -> list[Offer]:
    """Every format of a letter that exists."""
    return [
        Offer(kind, str(words), _url(dispatch, secret, kind), _note(dispatch, kind))
        for kind, words in KINDS.items()
        if has_format(dispatch, kind)
    ]


def _url(dispatch: LetterDispatch, secret: str, kind: str) -> str:
    if kind == "easy":
        return reverse("follow:letter_easy", args=[secret, dispatch.pk])
    return reverse("follow:letter_file", args=[secret, dispatch.pk, kind])


def _note(dispatch: LetterDispatch, kind: str) -> str:
    file = newest_file(dispatch, kind) if kind in ("audio", "signed") else None
    if file is not None and kind == "signed":
        return _("%(language)s, signed by %(name)s") % {
            "language": sign_language(file.language), "name": file.recorded_by
        }  # fmt: skip
    if file is not None:
        return _("read by %(name)s") % {"name": file.recorded_by}
    return _("read by a computer") if kind == "audio" else ""
