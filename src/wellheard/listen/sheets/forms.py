"""Making a run, bringing a scan, keying a sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wellheard.listen.sheets.content import languages
from wellheard.listen.sheets.layout import PAPERS, SIZES
from wellheard.listen.sheets.rules import CARD
from wellheard.listen.sheets.runs import MOST
from wellheard.listen.surveys.instruments import codes, instrument
from wellheard.listen.surveys.rules import Instrument, Item
from wellheard.people.places.models import Place, Touchpoint

SIZE_WORDS = {12: gettext_lazy("12 point"), 18: gettext_lazy("18 point, large print")}
PAPER_WORDS = {"a4": gettext_lazy("A4"), "letter": gettext_lazy("US letter")}


class RunForm(forms.Form):
    """Sheets to hand out at a place."""

    place = forms.ModelChoiceField(label=gettext_lazy("Place"), queryset=Place.objects.none())
    touchpoint = forms.ModelChoiceField(
        label=gettext_lazy("Touchpoint"),
        queryset=Touchpoint.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: the place itself"),
    )
    instrument = forms.ChoiceField(label=gettext_lazy("Questions"))
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    size = forms.TypedChoiceField(
        label=gettext_lazy("Size of the print"),
        coerce=int,
        choices=[(size, SIZE_WORDS[size]) for size in SIZES],
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"), choices=[(paper, PAPER_WORDS[paper]) for paper in PAPERS]
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many sheets"), min_value=1, max_value=MOST, initial=20
    )

    def __init__(self, data: Any = None, *, places: Any, organisation_id: int, **more: Any) -> None:
        super().__init__(data, **more)
        place, asked, spoken = (self.fields[n] for n in ("place", "instrument", "language"))
        assert isinstance(place, forms.ModelChoiceField)
        assert isinstance(asked, forms.ChoiceField) and isinstance(spoken, forms.ChoiceField)
        place.queryset = places
        touchpoint = self.fields["touchpoint"]
        assert isinstance(touchpoint, forms.ModelChoiceField)
        touchpoint.queryset = Touchpoint.objects.open().filter(place__in=places)
        asked.choices = [
            (CARD, _("The comment card")),
            *(
                (code, _title(instrument(code, organisation_id=organisation_id)))
                for code in codes(organisation_id)
            ),
        ]
        names = dict(settings.LANGUAGES)
        spoken.choices = [(code, names.get(code, code)) for code in languages()]

    def clean_touchpoint(self) -> Touchpoint | None:
        chosen: Touchpoint | None = self.cleaned_data["touchpoint"]
        if chosen is not None and chosen.place != self.cleaned_data.get("place"):
            raise forms.ValidationError(_("This touchpoint belongs to another place."))
        return chosen


class DayForm(forms.Form):
    """When the paper came back: it decides whether an answer still counts."""

    came_on = forms.DateField(
        label=gettext_lazy("Came back on"), widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, data: Any = None, files: Any = None, *, today: date) -> None:
        super().__init__(data, files, initial={"came_on": today})
        self.today = today

    def clean_came_on(self) -> Any:
        day = self.cleaned_data["came_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class ScanForm(DayForm):
    """A file from the scanner."""

    file = forms.FileField(
        label=gettext_lazy("File from the scanner"),
        help_text=gettext_lazy(
            "PNG, JPEG, TIFF or PDF. Any order, any way up; 150 dots an inch are enough."
        ),
        widget=forms.FileInput({"accept": ".png,.jpg,.jpeg,.tif,.tiff,.pdf"}),
    )


class CodeForm(forms.Form):
    """The number at the foot of a sheet."""

    code = forms.CharField(label=gettext_lazy("Number at the foot of the sheet"), max_length=20)


class KeyForm(DayForm):
    """A whole sheet, keyed by hand: a field for each question, as it is printed."""

    def __init__(self, data: Any = None, *, asked: Instrument, language: str, today: date) -> None:
        super().__init__(data, today=today)
        for item in asked.items:
            for row in item.rows:
                code = f"{item.code}_{row.code}"
                self.fields[code] = field_of(item, language, label=row.text[language])
            if not item.rows:
                self.fields[item.code] = field_of(item, language)


def field_of(item: Item, language: str, *, label: str = "") -> forms.Field:
    """The form field by which a person keys what was crossed or written."""
    words = label or item.text[language]
    if item.scale is None:
        area = item.kind == "text"
        hint = "" if area else _("As 2026-11-30")
        widget = forms.Textarea({"rows": 3, "dir": "auto"}) if area else forms.TextInput()
        return forms.CharField(
            label=words, required=False, widget=widget, help_text=hint, max_length=50_000
        )
    choices = [
        (str(choice.value), choice.words.get(language) or str(choice.value))
        for choice in item.scale.choices
    ]
    if item.kind == "multiple":
        return forms.MultipleChoiceField(
            label=words, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    return forms.ChoiceField(
        label=words,
        required=False,
        choices=[("", _("nothing")), *choices],
        widget=forms.RadioSelect,
    )


def _title(asked: Instrument) -> str:
    language = (get_language() or "en").partition("-")[0]
    return asked.title.get(language) or next(iter(asked.title.values()))
