"""Several files in one field, each checked by its content."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.resolve.complaints.rules.files import MOST_FILES, CheckedFile, check_file

_REFUSED = {
    "empty": _("%(name)s is empty."),
    "kind": _("%(name)s is neither a PDF, a picture nor a recording."),
    "large": _("%(name)s is too large."),
    "active": _("%(name)s is a PDF that runs or carries something. Print it anew and scan it."),
}


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Gives a list of (name, checked file)."""

    widget = _Several

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most 5 files."))
        return [(str(each.name), _checked(each)) for each in given]


def _checked(given: File[bytes]) -> CheckedFile:
    try:
        return check_file(given.read())
    except FileRefusedError as error:
        raise forms.ValidationError(_REFUSED[error.why], params={"name": given.name}) from None
