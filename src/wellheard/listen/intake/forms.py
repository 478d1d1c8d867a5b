"""What staff type on the pages of intake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.intake.listing import ListFilter
from wellheard.listen.intake.models import Comment, Disposition
from wellheard.listen.intake.presenters import disposition_words, source_words
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User

_PERIODS = (("7", 7), ("30", 30), ("90", 90), ("365", 365))


class ListForm(forms.Form):
    """The filters of the list of comments."""

    q = forms.CharField(label=gettext_lazy("Words or number"), max_length=100, required=False)
    place = forms.ChoiceField(label=gettext_lazy("Place"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("How it came"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)

    def __init__(
        self,
        data: Any,
        *,
        places: Sequence[Place],
        more: Sequence[ListFilter],
        may_search: bool,
    ) -> None:
        super().__init__(data)
        self._choose("place", [(str(each.pk), each.name) for each in places])
        self._choose("source", [(value, source_words(value)) for value in Comment.Source.values])
        self._choose("state", list(state_choices()))
        self._choose(
            "period", [(key, _("Last %(days)s days") % {"days": n}) for key, n in _PERIODS]
        )
        for each in more:
            self.fields[each.name] = forms.ChoiceField(label=each.label, required=False)
            self._choose(each.name, list(each.choices))
        if not may_search:
            del self.fields["q"]

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *choices]


def state_choices() -> Sequence[tuple[str, str]]:
    """The states a list can be narrowed to."""
    return (
        ("undecided", _("Waiting for a first decision")),
        ("late", _("Waiting too long")),
        ("mine", _("I answer for it")),
        ("copies", _("Copies, too")),
        *((kind, disposition_words(kind)) for kind in Disposition.Kind.values),
    )


class DecideForm(forms.Form):
    """What happens with a comment."""

    kind = forms.ChoiceField(label=gettext_lazy("What happens with it"))
    why = forms.CharField(label=gettext_lazy("In a few words"), max_length=300, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, disposition_words(kind)) for kind in ("noted", "answered")]


class PassOnForm(forms.Form):
    """To whom a compliment goes."""

    to = forms.ModelMultipleChoiceField(
        label=gettext_lazy("To"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    named = forms.CharField(label=gettext_lazy("Thanked by name"), max_length=120, required=False)

    def __init__(self, data: Any = None, *, colleagues: Any) -> None:
        super().__init__(data)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = colleagues


class OwnerForm(forms.Form):
    """Who answers for a comment."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=User.objects.none()
    )

    def __init__(self, data: Any = None, *, colleagues: Any, owner_id: int | None = None) -> None:
        super().__init__(data, initial={"owner": owner_id})
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleagues


class CopyForm(forms.Form):
    """Of which comment this one is a copy."""

    first = forms.CharField(label=gettext_lazy("Number of the first card"), max_length=20)


class TranslationForm(forms.Form):
    """A translation beside the original."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    text = forms.CharField(
        label=gettext_lazy("Translation"), max_length=50_000, widget=forms.Textarea
    )
    translator = forms.CharField(
        label=gettext_lazy("Who translated it, if not you"), max_length=120, required=False
    )
    by_machine = forms.BooleanField(label=gettext_lazy("A program made it"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("by_machine") and not data.get("translator"):
            self.add_error("translator", gettext_lazy("Write the name of the program."))
        return data


class TranscriptForm(forms.Form):
    """What a photo shows or a voice message says."""

    text = forms.CharField(
        label=gettext_lazy("What it shows or says"), max_length=50_000, widget=forms.Textarea
    )
