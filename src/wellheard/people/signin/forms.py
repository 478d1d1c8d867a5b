"""Forms of signing in, with our words and our limits."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wellheard.people.signin import tries
from wellheard.people.signin.doors import request_moment
from wellheard.people.staff.models import User


class ResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Asks for a mail to choose a new password; floods no mailbox."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        now = request_moment()
        email = str(self.cleaned_data["email"])
        attempt = tries.attempt_of(request, email, get_adapter().get_client_ip(request), now=now)
        if not tries.reset_refused(attempt, now=now):
            tries.note_failure(attempt, kind="reset", at=now)
            super().save(request, **kwargs)
        return email


class _Limited(BaseAuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """A one-time code; wrong ones are counted for all processes together."""

    def clean_code(self) -> str:
        now = request_moment()
        if tries.code_refused(self.user, now=now):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            code = str(super().clean_code())
        except forms.ValidationError:
            tries.note_wrong_code(self.user, at=now)
            raise
        tries.forget_wrong_codes(self.user)
        return code


class CodeForm(_Limited, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code after the password."""


class CodeAgainForm(_Limited, ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that unlocks."""


class WelcomeForm(forms.Form):
    """The first password, or a new one, behind a one-time link."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Raises what is wrong with the password."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password") and data["password"] != data.get("again"):
            self.add_error("again", _("This is not the same password."))
        return data
