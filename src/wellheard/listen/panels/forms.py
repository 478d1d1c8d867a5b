"""Forms of panels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.listen.panels.models import Advice, PanelMeeting
from wellheard.listen.panels.wording import reasons
from wellheard.people.staff.models import User

KINDS = {
    "advisory": gettext_lazy("Advisory board of patients and families"),
    "lost": gettext_lazy("People who went elsewhere"),
    "community": gettext_lazy("People from the community"),
}
OUTCOMES = {"accepted": gettext_lazy("Accepted"), "declined": gettext_lazy("Declined")}
AGES = ("18-34", "35-49", "50-64", "65-74", "75+")
_NOT_SAID = ("", gettext_lazy("Not said"))
_DAY = {"type": "date"}


class PanelForm(forms.Form):
    """A new panel."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Who sits on it"), choices=list(KINDS.items()))


class MemberForm(forms.Form):
    """Somebody for a term."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(_DAY))
    ends_on = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(_DAY))
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[_NOT_SAID, *settings.LANGUAGES]
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        required=False,
        choices=[
            _NOT_SAID,
            ("female", gettext_lazy("Female")),
            ("male", gettext_lazy("Male")),
            ("other", gettext_lazy("Other")),
        ],
    )
    age_band = forms.ChoiceField(
        label=gettext_lazy("Age"), required=False, choices=[_NOT_SAID, *((a, a) for a in AGES)]
    )
    ethnicity = forms.CharField(
        label=gettext_lazy("Race and ethnicity"), required=False, max_length=40
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The term ends before it begins."))
        return data


class MeetingForm(forms.Form):
    """A meeting."""

    held_on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(_DAY))
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"), max_length=10_000, widget=forms.Textarea({"rows": 5})
    )


class AdviceForm(forms.Form):
    """What was advised."""

    text = forms.CharField(
        label=gettext_lazy("What was advised"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=User.objects.none()
    )
    due_on = forms.DateField(label=gettext_lazy("Answered by"), widget=forms.DateInput(_DAY))
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Meeting"), queryset=PanelMeeting.objects.none(), required=False
    )

    def __init__(self, data: Any, *, staff: Any, meetings: Any) -> None:
        super().__init__(data)
        for name, rows in (("owner", staff), ("meeting", meetings)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        label: Any = self.fields["meeting"]
        label.label_from_instance = lambda meeting: str(meeting.held_on)


class DecisionForm(forms.Form):
    """What becomes of an advice."""

    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), choices=list(OUTCOMES.items()))
    why = forms.CharField(
        label=gettext_lazy("What we do, or why not"),
        max_length=1_000,
        widget=forms.Textarea({"rows": 3}),
    )


class ChoiceForm(forms.Form):
    """Why somebody chose."""

    reason = forms.ChoiceField(label=gettext_lazy("The reason that counted most"), choices=())
    went_to = forms.CharField(
        label=gettext_lazy("Where did they go?"), required=False, max_length=120
    )
    words = forms.CharField(
        label=gettext_lazy("In their words"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[_NOT_SAID, *settings.LANGUAGES]
    )
    age_band = forms.ChoiceField(
        label=gettext_lazy("Age"), required=False, choices=[_NOT_SAID, *((a, a) for a in AGES)]
    )
    told_on = forms.DateField(label=gettext_lazy("Told on"), widget=forms.DateInput(_DAY))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        named = reasons()
        field.choices = [
            (_("Why us"), [(f"for:{c}", w) for c, w in named.why_us.items()]),
            (_("Why not us"), [(f"not:{c}", w) for c, w in named.why_not.items()]),
        ]


assert set(OUTCOMES) == set(Advice.Outcome.values)
