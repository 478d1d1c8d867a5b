"""Forms of the reply desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.people.staff.models import User
from wellheard.resolve.replies.policy import LANGUAGES, desk

NAMES = {"en": gettext_lazy("English"), "es": gettext_lazy("Spanish"),
          "ar": gettext_lazy("Arabic")}  # fmt: skip


class DraftForm(forms.Form):
    """The words of a reply."""

    text = forms.CharField(
        label=gettext_lazy("Reply"),
        max_length=8000,
        widget=forms.Textarea({"rows": 8, "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[(code, NAMES[code]) for code in LANGUAGES]
    )
    template = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class OwnerForm(forms.Form):
    """Who answers."""

    owner = forms.ChoiceField(label=gettext_lazy("Who answers"), required=False)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(each.pk): each for each in people}
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody yet")), *((key, u.name) for key, u in self._people.items())]

    def clean_owner(self) -> User | None:
        return self._people.get(self.cleaned_data["owner"])


class PostedForm(forms.Form):
    """Where a reply stands that was put there by hand."""

    url = forms.URLField(
        label=gettext_lazy("Address where it stands"), max_length=500, assume_scheme="https"
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("An address on the web is needed."))
        return url


class WayForm(forms.Form):
    """How an outlet takes replies."""

    protocol = forms.ChoiceField(label=gettext_lazy("How replies get there"), required=False)
    address = forms.URLField(
        label=gettext_lazy("Address of its program"), required=False, max_length=500,
        assume_scheme="https",
    )  # fmt: skip
    token = forms.CharField(
        label=gettext_lazy("Secret (bearer token)"), required=False, max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, has_token: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_token = has_token
        field = self.fields["protocol"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("By hand: copy, post, mark as posted"))] + [
            (code, each.words) for code, each in desk().protocols.items()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("protocol"):
            if not data.get("address"):
                self.add_error("address", _("A program needs an address."))
            if not data.get("token") and not self._has_token:
                self.add_error("token", _("A program needs a secret."))
        return data
