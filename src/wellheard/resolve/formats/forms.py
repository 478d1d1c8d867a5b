"""Forms of the page of formats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.resolve.formats.policy import format_policy
from wellheard.resolve.formats.rules.easy import EasyLine


class EasyForm(forms.Form):
    """Easier words for the lines that need them."""

    def __init__(self, *args: Any, lines: list[EasyLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"line_{line.number}"] = forms.CharField(
                label=line.text, required=False, max_length=1000,
                widget=forms.Textarea({"rows": 2, "dir": "auto"}),
            )  # fmt: skip

    def written(self) -> dict[int, str]:
        """By number of the line, what was written."""
        return {
            int(name.removeprefix("line_")): words
            for name, words in self.cleaned_data.items()
            if words.strip()
        }


class InterpreterForm(forms.Form):
    """Who signs the letter, in which language, by when."""

    interpreter = forms.CharField(label=_("Interpreter (name)"), max_length=200)
    sign_language = forms.ChoiceField(label=_("Sign language"))
    due_on = forms.DateField(
        label=_("Needed by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sign_language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(format_policy().sign_languages.items())


class RecordingForm(forms.Form):
    """A recording with who is heard or seen on it."""

    recorded_by = forms.CharField(label=_("Who reads or signs it (name)"), max_length=200)
    file = forms.FileField(label=_("Recording"))
