"""Words about formats."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.complaints.wording import spoken
from wellheard.resolve.formats.policy import format_policy

KINDS = {
    "standard": gettext_lazy("Letter (PDF)"),
    "large": gettext_lazy("Large print (PDF)"),
    "easy": gettext_lazy("Easy read"),
    "audio": gettext_lazy("To listen to"),
    "signed": gettext_lazy("In sign language"),
}


def title_of(dispatch: LetterDispatch) -> str:
    """What the letter is called, in its own language."""
    with translation.override(spoken(dispatch.language)):
        if dispatch.letter.kind == "decision":
            return _("Our answer")
        return _("Why it takes longer")


def sign_language(code: str) -> str:
    """The name of a sign language."""
    return format_policy().sign_languages.get(code, code)
