"""Forms of the item bank."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.surveys.rules import Instrument, Item


class _Reasoned(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stands beside the new version, and on charts that cross it."),
        max_length=500,
    )


class RewordForm(_Reasoned):
    """Other words for an item, in each language."""

    field_order = ("text_en", "text_es", "text_ar", "reason")

    def __init__(self, data: Any = None, *, instrument: Instrument, item: Item | None) -> None:
        super().__init__(data)
        names = dict(settings.LANGUAGES)
        for language in instrument.languages:
            self.fields[f"text_{language}"] = forms.CharField(
                label=names.get(language, language),
                max_length=500,
                initial=item.text[language] if item else "",
                widget=forms.Textarea({"rows": 2, "lang": language, "dir": "auto"}),
            )
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def words(self) -> dict[str, str]:
        """Language to words."""
        return {
            name.removeprefix("text_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("text_")
        }


class NewItemForm(RewordForm):
    """A further item."""

    code = forms.CharField(
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy("Small letters and _; it names the column in files."),
        max_length=40,
    )
    scale = forms.ChoiceField(label=gettext_lazy("Answers"))

    def __init__(self, data: Any = None, *, instrument: Instrument) -> None:
        super().__init__(data, instrument=instrument, item=None)
        self._taken = {item.code for item in instrument.items}
        scales = {item.scale.code: item.scale for item in instrument.items if item.scale}
        field = self.fields["scale"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, f"{min(s.values)}–{max(s.values)}") for code, s in scales.items()]
        self.order_fields(
            ["code", "scale"] + [n for n in self.fields if n not in ("code", "scale")]
        )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", code):
            raise forms.ValidationError(_("Use small letters, numbers and _ only."))
        if code in self._taken:
            raise forms.ValidationError(_("There is an item of this name already."))
        return code


class RetireForm(_Reasoned):
    """That an item is no longer asked."""


class DecisionForm(forms.Form):
    """Whether a change counts."""

    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)
