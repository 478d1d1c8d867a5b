"""Fields that the forms of a case share, and the form they are all built on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.rules.words import LONGEST

Pairs = list[tuple[str, Any]]
WAYS: Pairs = [
    ("phone", _("Phone")),
    ("in_person", _("In person")),
    ("email", _("E-mail")),
    ("sms", _("Text message")),
    ("letter", _("Letter")),
]


class StepForm(forms.Form):
    """A form for one step of one case; `seen` is the version the person had before them."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, now: datetime, **kwargs: Any) -> None:
        self.case, self.now = case, now
        super().__init__(*args, **kwargs)
        self.prepare()
        visible = [bound for bound in self if not bound.is_hidden]
        # Radio buttons are drawn by the design system, so the focus goes to the form around them.
        self.focus_form = not visible or isinstance(visible[0].field.widget, forms.RadioSelect)
        if not self.focus_form:
            visible[0].field.widget.attrs["data-focus"] = ""

    def prepare(self) -> None:
        """Fill choices from the case; for subclasses."""


def words(label: Any, *, required: bool = True, rows: int = 4, hint: Any = "") -> forms.CharField:
    """A text area whose direction follows what is typed."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


def line(label: Any, *, required: bool = True, most: int = 200, hint: Any = "") -> forms.CharField:
    """One line of text."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=most,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


def pick(label: Any, choices: Pairs | None = None, *, required: bool = True) -> forms.ChoiceField:
    """Radio buttons."""
    return forms.ChoiceField(
        label=label, choices=choices or [], required=required, widget=forms.RadioSelect
    )


def set_choices(form: forms.Form, name: str, choices: Pairs) -> None:
    """Offer these choices in a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def numbered(labels: Sequence[str]) -> Pairs:
    """Labels as choices whose values are their numbers."""
    return [(str(number), label) for number, label in enumerate(labels)]
