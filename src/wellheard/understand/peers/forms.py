"""Taking a pack in, accepting a peer, choosing what goes into our own pack."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.peers.rules import LARGEST_PACK

_QUARTERS_BACK = 8


class PackForm(forms.Form):
    """A peer's file."""

    file = forms.FileField(
        label=gettext_lazy("A peer's pack"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": gettext_lazy("Choose the file that your peer sent.")},
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_PACK:
            raise forms.ValidationError(_("This file is too large for a peer pack."))
        return file


class PeerForm(forms.Form):
    """Who they are, and the key they read out."""

    name = forms.CharField(
        label=gettext_lazy("What the peer is called"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what the peer is called.")},
    )
    key = forms.CharField(
        label=gettext_lazy("Their public key"),
        max_length=80,
        error_messages={"required": gettext_lazy("Paste the 64 digits of their key.")},
    )
    compared = forms.BooleanField(
        label=gettext_lazy("I compared the fingerprint with them by another way than the file"),
        error_messages={
            "required": gettext_lazy("Compare the fingerprint first: call them, or meet them.")
        },
    )


class PeriodForm(forms.Form):
    """Whole quarters: where they begin, and how many."""

    start = forms.ChoiceField(label=gettext_lazy("From"))
    quarters = forms.ChoiceField(
        label=gettext_lazy("How long"),
        choices=[("4", gettext_lazy("A year")), ("2", gettext_lazy("Half a year")),
                 ("1", gettext_lazy("A quarter"))],
    )  # fmt: skip

    def __init__(self, newest: Month, data: Any = None) -> None:
        super().__init__(data)
        ended = newest.quarter
        starts = [ended.plus(-3 * back) for back in range(1, _QUARTERS_BACK + 1)]
        field = self.fields["start"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.code), each.first_day.strftime("%Y-%m")) for each in starts]
        self._ended = ended

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "start" in data and "quarters" in data and self._ended < self.period().stop:
            self.add_error("quarters", _("This period is not over yet. Begin earlier."))
        return data

    def period(self) -> Period:
        """The chosen quarters."""
        start = Month.of(int(self.cleaned_data["start"]))
        return Period(start, start.plus(3 * int(self.cleaned_data["quarters"])))
