"""The form that proposes a change to a measure."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.understand.scores.rules import Measure


def _words(longest: int) -> forms.CharField:
    return forms.CharField(max_length=longest, widget=forms.Textarea(attrs={"rows": 3}))


class ProposalForm(forms.Form):
    """What may change about a measure; its item and statistic stay what they are."""

    title = forms.CharField(max_length=80)
    definition = _words(600)
    best = forms.RegexField(
        r"^\s*\d+(\s*,\s*\d+)*\s*$",
        max_length=60,
        error_messages={"invalid": _("Write the answers as numbers with commas: 9, 10")},
    )
    says = forms.CharField(max_length=60)
    owner = forms.CharField(max_length=80)
    effective_from = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    reason = _words(500)

    @classmethod
    def of(cls, measure: Measure) -> ProposalForm:
        """The form filled with the measure as it stands."""
        return cls(
            initial={
                "title": measure.title,
                "definition": measure.definition,
                "best": ", ".join(map(str, sorted(measure.best))),
                "says": measure.says,
                "owner": measure.owner,
            }
        )

    def definition_of(self, measure: Measure) -> dict[str, Any]:
        """The measure's whole definition with what was changed."""
        given = self.cleaned_data
        return {
            "code": measure.code,
            "title": given["title"],
            "item": measure.item,
            "statistic": measure.statistic,
            "best": [int(value) for value in given["best"].split(",")],
            "worst": sorted(measure.worst),
            "scale": list(measure.scale),
            "direction": measure.direction,
            "says": given["says"],
            "definition": given["definition"],
            "owner": given["owner"],
            "source": measure.source,
        }
