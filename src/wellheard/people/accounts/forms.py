"""Forms of accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wellheard.people.access.person import Person
from wellheard.people.access.vocabulary import role_definitions, token_permissions
from wellheard.people.places.models import Place, Site
from wellheard.people.staff.models import User

WHOLE = "all"


class InviteForm(forms.Form):
    """A new colleague."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Work email"), max_length=254)


class RoleForm(forms.Form):
    """A role, and where it holds: everywhere, at a site, or at a place."""

    role = forms.ChoiceField(label=_("Role"))
    where = forms.ChoiceField(label=_("Where"))

    def __init__(self, organisation_id: int, data: Any = None) -> None:
        super().__init__(data)
        self.sites = Site.objects.filter(organisation_id=organisation_id)
        self.places = Place.objects.of(organisation_id).open().select_related("site")
        roles = role_definitions().values()
        self.fields["role"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (one.code, f"{one.name} *" if one.privileged else one.name) for one in roles
        ]
        self.fields["where"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (WHOLE, _("Everywhere")),
            *((f"site-{site.pk}", site.name) for site in self.sites),
            *((f"place-{place.pk}", f"{place.site.name} · {place}") for place in self.places),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        definition = role_definitions().get(data.get("role", ""))
        if definition and not definition.scoped and data.get("where") != WHOLE:
            self.add_error("where", _("This role holds everywhere. Choose “Everywhere”."))
        return data

    def chosen(self) -> tuple[str, Site | None, Place | None]:
        """(role, site, place) of the valid answer."""
        kind, _dash, key = self.cleaned_data["where"].partition("-")
        site = self.sites.get(pk=key) if kind == "site" else None
        place = self.places.get(pk=key) if kind == "place" else None
        return self.cleaned_data["role"], site, place


class AccountForm(forms.Form):
    """What people change of their own account."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    shortcuts = forms.BooleanField(label=_("Use keyboard shortcuts"), required=False)

    def __init__(self, user: User, data: Any = None) -> None:
        now = {"name": user.name, "language": user.language, "shortcuts": user.shortcuts}
        super().__init__(data, initial=now)


class TokenForm(forms.Form):
    """A token for a program: what for, what it may do, how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=100)
    permissions = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("How long it works"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("A year"))],
    )

    def __init__(self, person: Person, data: Any = None) -> None:
        super().__init__(data)
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (code, words) for code, words in token_permissions().items() if person.may(code)
        ]

    def life(self) -> timedelta:
        """How long the token works."""
        return timedelta(days=self.cleaned_data["days"])
