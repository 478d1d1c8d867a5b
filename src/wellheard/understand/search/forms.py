"""What is typed into the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.presenters import source_words
from wellheard.people.places.models import Place
from wellheard.understand.search.finding import Find
from wellheard.understand.themes.vocabulary import themes_in_groups


class SearchForm(forms.Form):
    """Words and filters. It is sent by POST, so that the words stand in no address and no log."""

    typed = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "autocomplete": "off"}),
    )
    place = forms.ChoiceField(label=gettext_lazy("Place"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    mood = forms.ChoiceField(label=gettext_lazy("Feeling"), required=False)
    mark = forms.ChoiceField(label=gettext_lazy("Mark on the card"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("How it came"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, data: Any = None, *, places: Sequence[Place], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._choose("place", [(str(each.pk), each.name) for each in places])
        self._choose("theme", themes_in_groups())
        self._choose("mood", list(mood_words().items()))
        self._choose("mark", list(mark_words().items()))
        self._choose("source", [(value, source_words(value)) for value in Comment.Source.values])
        self._choose("language", list(language_names().items()))

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *choices]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day must not lie before the first."))
        return found

    def find(self, kept: Find) -> Find:
        """What was asked for, on top of what the form does not show."""
        asked = self.cleaned_data
        return Find(
            words="",
            theme=asked["theme"],
            mood=asked["mood"],
            place=int(asked["place"]) if asked["place"] else None,
            site=kept.site,
            source=asked["source"],
            language=asked["language"],
            since=asked["since"],
            until=asked["until"],
            mark=asked["mark"],
            measure=kept.measure,
            answers=kept.answers,
        )


def mood_words() -> dict[str, str]:
    """How people felt, as the lists call it."""
    return {"praise": _("Praise"), "mixed": _("Neutral or mixed"), "trouble": _("Unhappy")}


def mark_words() -> dict[str, str]:
    """Thirds of a card's scale."""
    return {"low": _("Low"), "middle": _("In the middle"), "high": _("High")}


def language_names() -> dict[str, str]:
    """The languages of the installation, in the reader's language."""
    return {
        code: str(get_language_info(code)["name_translated"]) for code, _name in settings.LANGUAGES
    }
