"""The composer of letters, and the form for their translation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.resolve.complaints.forms.fields import StepForm, line, words
from wellheard.resolve.complaints.queries.letters import ORDER
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.wording.parts import part_help, part_label


class LetterForm(StepForm):
    """The composer: what we heard, what the pack asks for, what happens next."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        self.letter_kind = kind
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        rule = pack_of(self.case).letters[self.letter_kind]
        elements = {element.code: element for element in rule.elements}
        for code in ORDER:
            if code == "stated_days" and code in elements:
                self.fields[code] = forms.IntegerField(
                    label=elements[code].label,
                    help_text=elements[code].help,
                    min_value=1,
                    max_value=365,
                    required=False,
                )
            elif code == "completed_on" and code in elements:
                self.fields[code] = forms.DateField(
                    label=elements[code].label,
                    help_text=elements[code].help,
                    required=False,
                    widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                )
            elif code in elements or code in ("heard", "next"):
                self.fields[code] = words(
                    part_label(code, elements),
                    required=False,
                    rows=1 if code in _SHORT else 3,
                    hint=part_help(code, elements),
                )


_SHORT = frozenset({"contact_person", "completed_on", "signed_by"})


class TranslationForm(StepForm):
    """The parts of a letter once more, in the person's language."""

    def __init__(self, *args: Any, parts: dict[str, str], **kwargs: Any) -> None:
        self.parts = parts
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        for code in self.parts:
            self.fields[code] = words(part_label(code, {}), hint=self.parts[code], rows=3)
        self.fields["translated_by"] = line(_("Translated by"))
        self.fields["reviewed_by"] = line(_("Read over by (another person)"))
