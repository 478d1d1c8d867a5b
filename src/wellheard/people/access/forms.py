"""Forms of the auditor's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from wellheard.base.audit.models import AuditRow
from wellheard.people.staff.models import User


class TrailForm(forms.Form):
    """What part of the trail to show."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.CharField(label=_("What was done"), required=False, max_length=80)
    kind = forms.CharField(label=_("Kind of record"), required=False, max_length=60)
    key = forms.CharField(label=_("Number of the record"), required=False, max_length=80)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, organisation_id: int, data: Any = None) -> None:
        super().__init__(data)
        users = User.objects.filter(organisation_id=organisation_id).order_by("name")
        self.fields["who"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("Everybody")),
            ("patient", _("Patients")),
            ("system", _("Wellheard itself")),
            *((str(user.pk), user.name) for user in users),
        ]

    def narrowed(self, rows: QuerySet[AuditRow]) -> QuerySet[AuditRow]:
        """The rows that the valid form asks for."""
        data = self.cleaned_data
        if data["who"] in {"patient", "system"}:
            rows = rows.filter(actor_kind=data["who"])
        elif data["who"]:
            rows = rows.filter(actor_kind="staff", actor_ref=data["who"])
        for field, lookup in _LOOKUPS.items():
            if data[field]:
                rows = rows.filter(**{lookup: data[field]})
        return rows


_LOOKUPS = {
    "action": "action__startswith",
    "kind": "object_kind",
    "key": "object_id",
    "since": "at__date__gte",
    "until": "at__date__lte",
}


class ReviewForm(forms.Form):
    """An auditor's finding on a broken glass."""

    justified = forms.TypedChoiceField(
        label=_("Was it right to open the record?"),
        choices=[("yes", _("Yes, it was justified")), ("no", _("No, it was not"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Your note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
