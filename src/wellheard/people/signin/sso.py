"""The organisation's own sign-in (OpenID Connect): whom it may let in, and how well it checked."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from wellheard.people.access.standing import STRONG_SIGN_IN
from wellheard.people.staff.models import User

# RFC 8176: what an issuer calls a sign-in with more than one factor, or with a key that is two.
STRONG_METHODS = frozenset({"mfa", "hwk", "swk", "otp", "fpt", "face", "iris", "sc"})


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """Checks the signature of every id token.

    allauth leaves it out for tokens fetched over TLS, which the standard allows; a check that is
    always made cannot be forgotten where it matters.
    """

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            decoded: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
                verify_signature=True,
            )
        except (KeyError, ValueError) as error:
            # A token that names no key, or is no token at all.
            raise OAuth2Error("the id token cannot be read") from error
        return decoded


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # no types
    """Lets in only people an administrator has made an account for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Joins the sign-in to the account with the same, checked e-mail; refuses all others."""
        if not sociallogin.is_existing:
            user = _account(sociallogin)
            if user is None:
                raise ImmediateHttpResponse(render(request, "signin/stranger.html", status=403))
            sociallogin.connect(request, user)
        elif not sociallogin.user.is_active:
            raise ImmediateHttpResponse(render(request, "signin/stranger.html", status=403))
        request.session[STRONG_SIGN_IN] = checked_twice(sociallogin.account.extra_data)


def _account(sociallogin: SocialLogin) -> User | None:
    checked = [one.email.lower() for one in sociallogin.email_addresses if one.verified]
    users = User.objects.filter(email__in=checked, is_active=True)[:2]
    return users[0] if len(users) == 1 else None


def checked_twice(extra_data: dict[str, Any]) -> bool:
    """Whether the issuer says, in the signed token, that more than a password was asked."""
    methods = extra_data.get("id_token", {}).get("amr") or []
    return bool(STRONG_METHODS.intersection(methods))


@login_not_required  # type: ignore[untyped-decorator]  # allauth ships no types
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leaves for the issuer."""
    return _with(OAuth2LoginView, request, provider_id)


@login_not_required  # type: ignore[untyped-decorator]  # allauth ships no types
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Comes back from the issuer."""
    return _with(OAuth2CallbackView, request, provider_id)


def _with(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(VerifyingAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404(provider_id) from error
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)
    return response
