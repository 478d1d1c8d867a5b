"""Where django-allauth asks the house: who may try, what is recorded, which mails leave."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from segno import make as make_code

from wellheard.base.vault.sealing import seal, unseal
from wellheard.people.signin import tries
from wellheard.people.signin.actions import note_sign_in, note_sign_in_failed, note_signing_act
from wellheard.people.signin.doors import request_moment
from wellheard.people.staff.factors import STRONG
from wellheard.people.staff.models import User
from wellheard.people.staff.sessions import forget_session

_TOTP = "totp-secret"
# What allauth tells by mail is also an act to record, by the name of its mail.
_ACTS = {
    "mfa/email/totp_activated": "factor.app_added",
    "mfa/email/totp_deactivated": "factor.app_removed",
    "mfa/email/webauthn_added": "factor.passkey_added",
    "mfa/email/webauthn_removed": "factor.passkey_removed",
    "mfa/email/recovery_codes_generated": "factor.recovery_codes_made",
    "account/email/password_changed": "password.changed",
    "account/email/password_set": "password.changed",
    "account/email/password_reset": "password.reset",
}
_WAYS = {
    "reauthenticate": gettext_lazy("Use your password"),
    "mfa_reauthenticate": gettext_lazy("Use a code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by an administrator; guessing is slowed; everything is recorded."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The email or the password is not right."),
        "too_many_login_attempts": gettext_lazy(
            "There were too many tries. Wait a quarter of an hour, use a passkey, or sign in on a "
            "device you used before."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes their own account."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only pages of this very site, without naming it: "/staff/", never "//elsewhere"."""
        return url.startswith("/") and bool(
            url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses a password unheard when there were too many tries."""
        now = request_moment()
        attempt = self._attempt(request, credentials)
        if tries.password_refused(attempt, now=now):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Remembers the failed try; records it when it was on an account."""
        now = request_moment()
        tries.note_failure(self._attempt(request, credentials), at=now)
        note_sign_in_failed(email=str(credentials.get("email", "")), at=now)

    def _attempt(self, request: HttpRequest, credentials: dict[str, Any]) -> tries.Attempt:
        return tries.attempt_of(
            request,
            str(credentials.get("email", "")),
            self.get_client_ip(request),
            now=request_moment(),
        )

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **hooks: Any
    ) -> HttpResponse:
        """Records the sign-in and lets the device be known again."""
        response: HttpResponse = super().post_login(request, user, **hooks)
        assert isinstance(user, User)
        note_sign_in(user=user, methods=_methods(request), at=request_moment())
        response.set_cookie(
            tries.device_cookie_name(secure=settings.SECURE),
            tries.new_device_cookie(user),
            max_age=tries.DEVICE_LASTS_DAYS * 86_400,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, user.language, secure=settings.SECURE, samesite="Lax"
        )
        return response

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """A closed account answers like a wrong password: it cannot be found out by trying."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def logout(self, request: HttpRequest) -> None:
        """Ends the session here and in the list of sessions."""
        user, key = request.user, request.session.session_key
        super().logout(request)
        if isinstance(user, User) and key:
            forget_session(key)
            note_signing_act(user=user, act="signed_out", at=request_moment())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what happened themselves; "signed in as ..." on each sign-in is noise."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """A closed account with a passkey or single sign-on: back to the door."""
        return redirect("account_login")

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """allauth's ways to prove oneself again, in our words."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [way | {"description": _WAYS[way["id"]]} for way in ways]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail, at the installation's own address whatever Host was sent."""
        user_key, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[user_key, token])
        return f"{settings.ADDRESS}{path}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("staff:account")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends a mail about the account, when this installation sends mail at all."""
        if settings.STAFF_MAIL:
            super().send_mail(template_prefix, email, context | {"address": settings.ADDRESS})

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kw: Any
    ) -> None:
        """Records what happened to the account, and tells its owner."""
        if act := _ACTS.get(template_prefix):
            note_signing_act(user=user, act=act, at=request_moment())
        super().send_notification_mail(template_prefix, user, *args, **kw)


def _methods(request: HttpRequest) -> list[str]:
    records = request.session.get("account_authentication_methods", [])
    return [str(record.get("type") or record.get("method")) for record in records]


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Second factors: secrets are sealed, and the last one cannot be taken away."""

    def encrypt(self, text: str) -> str:
        return seal(text, _TOTP)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, _TOTP)

    def build_totp_svg(self, url: str) -> str:
        return str(
            make_code(url, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff")
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last strong one where a second factor is demanded."""
        if not settings.SECOND_FACTOR_REQUIRED:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=STRONG)
        return bool(others.exclude(pk=authenticator.pk).exists())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(n)d") % {"n": count + 1}

    def _get_site_name(self) -> str:
        user = context.request.user
        return user.organisation.name if isinstance(user, User) else "Wellheard"
