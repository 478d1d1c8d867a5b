"""Forms of studies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.interviews.models import Quota
from wellheard.listen.interviews.rules import LONGEST, TranscriptError, read_codes, read_quotas


def trouble_words(error: TranscriptError) -> str:
    """What is wrong with a transcript, code book or list of quotas."""
    words = {
        "too-long": _("This is longer than one conversation can be. Please split it."),
        "unknown": _("Line %(line)s: nobody takes part as %(who)s."),
        "withdrawn": _("Line %(line)s: %(who)s has withdrawn. Leave their words out."),
        "no-speaker": _("Line %(line)s: say who speaks, such as P1: or I:"),
        "bad-code": _("Line %(line)s: write short_name = Name: what it means"),
        "bad-quota": _("Line %(line)s: write who = how many"),
        "empty": _("There is nothing in it."),
    }
    return words[error.code] % {"line": error.line, "who": error.who}


class StudyForm(forms.Form):
    """A new study."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    question = forms.CharField(label=gettext_lazy("What do we want to know?"), max_length=500)
    kind = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[
            ("interviews", gettext_lazy("Interviews")),
            ("groups", gettext_lazy("Focus groups")),
        ],
    )
    guide = forms.CharField(
        label=gettext_lazy("Guide"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
    )
    quotas = forms.CharField(
        label=gettext_lazy("Whom do we want to hear?"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_quotas(self) -> dict[str, int]:
        found: dict[str, int] = _read(read_quotas, self.cleaned_data["quotas"])
        return found


class ParticipantForm(forms.Form):
    """Somebody who takes part."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    quota = forms.ModelChoiceField(label=gettext_lazy("Heard as"), queryset=Quota.objects.none())
    agreed = forms.BooleanField(label=gettext_lazy("They agreed to take part"))
    may_record = forms.BooleanField(
        label=gettext_lazy("The conversation may be recorded"), required=False
    )
    may_quote = forms.BooleanField(
        label=gettext_lazy("Their words may be quoted without a name"), required=False
    )

    def __init__(self, data: Any, *, quotas: Any) -> None:
        super().__init__(data)
        field = self.fields["quota"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = quotas


class TranscriptForm(forms.Form):
    """What was said: typed in, or brought as a text file."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    held_on = forms.DateField(
        label=gettext_lazy("Held on"), widget=forms.DateInput({"type": "date"})
    )
    text = forms.CharField(
        label=gettext_lazy("Transcript"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 10}),
    )
    file = forms.FileField(label=gettext_lazy("Or a text file"), required=False)

    def __init__(self, *given: Any, today: date, **named: Any) -> None:
        super().__init__(*given, **named)
        self._today = today

    def clean_held_on(self) -> Any:
        day = self.cleaned_data["held_on"]
        if day > self._today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file is not None:
            try:
                data["text"] = file.read(4 * LONGEST + 1).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This is no text file in UTF-8."))
        if not str(data.get("text", "")).strip() and not self.errors:
            self.add_error("text", _("There is nothing in it."))
        return data


class CodesForm(forms.Form):
    """The next version of the codes."""

    codes = forms.CharField(
        label=gettext_lazy("Codes"), max_length=20_000, widget=forms.Textarea({"rows": 8})
    )

    def clean_codes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = _read(read_codes, self.cleaned_data["codes"])
        return found


def _read(reader: Callable[[str], Any], text: str) -> Any:
    try:
        return reader(text)
    except TranscriptError as error:
        raise forms.ValidationError(trouble_words(error)) from None
