"""Proposing a plan, and choosing a span."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.sampling.actions import NewPlan
from wellheard.listen.sampling.models import SamplePlan
from wellheard.listen.sampling.rules import electronic
from wellheard.listen.sampling.vocabulary import eligibilities, fits, limits, sequences
from wellheard.listen.surveys.instruments import codes, instrument
from wellheard.people.places.models import Place

METHODS = [
    (SamplePlan.Method.SIMPLE.value, gettext_lazy("Everybody has the same chance")),
    (SamplePlan.Method.PROPORTIONAL.value, gettext_lazy("In proportion, group by group")),
    (
        SamplePlan.Method.DISPROPORTIONAL.value,
        gettext_lazy("At least so many of each group; weights make up for it"),
    ),
]
PERIODS = [
    (SamplePlan.Period.MONTH.value, gettext_lazy("Each month")),
    (SamplePlan.Period.WEEK.value, gettext_lazy("Each week")),
]
STRATA = [
    ("", gettext_lazy("No groups")),
    (SamplePlan.Stratum.PLACE.value, gettext_lazy("Place")),
    (SamplePlan.Stratum.LANGUAGE.value, gettext_lazy("Language")),
    (SamplePlan.Stratum.AGE.value, gettext_lazy("Age")),
    (SamplePlan.Stratum.LINE.value, gettext_lazy("Service line")),
]


class PlanForm(forms.Form):
    """Whom to ask what, how many, by which ways."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    instrument = forms.ChoiceField(label=gettext_lazy("Questions"))
    eligibility = forms.ChoiceField(label=gettext_lazy("Who may be asked"))
    places = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Places"),
        queryset=Place.objects.none(),
        required=False,
        help_text=gettext_lazy("None chosen means all."),
    )
    period = forms.ChoiceField(label=gettext_lazy("How often"), choices=PERIODS)
    size = forms.IntegerField(label=gettext_lazy("How many to ask each time, at most"), min_value=1)
    method = forms.ChoiceField(label=gettext_lazy("How to draw"), choices=METHODS)
    stratum = forms.ChoiceField(label=gettext_lazy("Groups"), choices=STRATA, required=False)
    least = forms.IntegerField(
        label=gettext_lazy("Of each group at least"), min_value=0, required=False
    )
    sequence = forms.ChoiceField(label=gettext_lazy("Ways of asking, in order"))
    anonymous = forms.BooleanField(
        label=gettext_lazy("Promise that nobody can tell whose answers are whose"),
        help_text=gettext_lazy(
            "Asked by e-mail and text only: a sheet's number and a voice say whose they are. "
            "Answers come together with four others or more, days later, and cannot be weighed, "
            "corrected or deleted."
        ),
        required=False,
    )

    def __init__(self, data: Any = None, *, organisation_id: int, language: str) -> None:
        super().__init__(data)
        asked = [
            instrument(code, organisation_id=organisation_id) for code in codes(organisation_id)
        ]
        self._choices(
            "instrument", [(i.code, i.title.get(language) or i.title["en"]) for i in asked]
        )
        self._choices("eligibility", [(r.code, r.title) for r in eligibilities().values()])
        self._choices("sequence", [(s.code, s.title) for s in sequences().values()])
        places = self.fields["places"]
        assert isinstance(places, forms.ModelMultipleChoiceField)
        places.queryset = Place.objects.of(organisation_id).open().select_related("site")

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_size(self) -> int:
        size: int = self.cleaned_data["size"]
        if size > limits().largest_draw:
            raise forms.ValidationError(_("That is more than one draw may take."))
        return size

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("method") != SamplePlan.Method.SIMPLE and not data.get("stratum"):
            self.add_error("stratum", _("Choose the groups to draw by."))
        if data.get("anonymous"):
            self._check_anonymous(data)
        self._check_moment(data)
        return data

    def _check_anonymous(self, data: dict[str, Any]) -> None:
        if data.get("method") == SamplePlan.Method.DISPROPORTIONAL:
            why = _("Weights join an answer to its person. Draw in proportion, or all alike.")
            self.add_error("method", why)
        sequence = sequences().get(data.get("sequence", ""))
        if sequence is not None and not electronic(sequence.steps):
            why = _("Paper and calls say whose answers they are. Choose a way with e-mail or text.")
            self.add_error("sequence", why)

    def _check_moment(self, data: dict[str, Any]) -> None:
        """What is asked after booking goes to nobody else, and each week."""
        rule = eligibilities().get(data.get("eligibility", ""))
        if rule is None or not data.get("instrument"):
            return
        if not fits(data["instrument"], rule):
            self.add_error("eligibility", _("These questions are not for these people."))
        elif rule.after == "booking" and data.get("period") != SamplePlan.Period.WEEK:
            self.add_error("period", _("Who booked is asked each week."))

    def plan(self) -> NewPlan:
        """The plan as it was written down."""
        data = self.cleaned_data
        return NewPlan(
            name=data["name"],
            instrument=data["instrument"],
            eligibility=data["eligibility"],
            sequence=data["sequence"],
            size=data["size"],
            period=data["period"],
            method=data["method"],
            stratum=data["stratum"],
            least=data["least"] or 0,
            places=list(data["places"]),
            anonymous=data["anonymous"],
        )
