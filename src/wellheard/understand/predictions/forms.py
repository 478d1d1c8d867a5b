"""Forms of the prediction pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wellheard.people.staff.models import User


class SwitchForm(forms.Form):
    """Why a model is switched."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class OwnerForm(forms.Form):
    """Who answers for a model, and by when they look at it again."""

    owner = forms.ModelChoiceField(queryset=User.objects.none())
    review_by = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            organisation_id=organisation_id, is_active=True
        ).order_by("name")
        self.fields["owner"].empty_label = _("Choose somebody")  # type: ignore[attr-defined]
