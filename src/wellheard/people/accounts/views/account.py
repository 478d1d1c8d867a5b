"""One's own account: name, language, second step, sessions, tokens."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.people.access.actions import make_token, revoke_token
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.models import ApiToken
from wellheard.people.access.vocabulary import token_permissions
from wellheard.people.accounts.forms import AccountForm, TokenForm
from wellheard.people.accounts.queries import held_roles, sessions_of
from wellheard.people.staff.actions import change_account
from wellheard.people.staff.models import SignedInSession, User
from wellheard.people.staff.sessions import end_session, end_sessions


def _self(request: StaffRequest) -> User:
    return User.objects.get(pk=request.person.user_id)


@require_http_methods(["GET", "POST"])
@requires("home.read")
def account(request: StaffRequest) -> HttpResponse:
    """Everything about one's own account on one page."""
    user = _self(request)
    form = AccountForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_account(user=user, **form.cleaned_data, by=request.person.actor, at=timezone.now())
        messages.success(request, _("Saved."))
        response = redirect("staff:account")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, user.language, secure=settings.SECURE, samesite="Lax"
        )
        return response
    held = user.memberships.filter(ended_at__isnull=True).select_related("site", "place")
    context = {
        "form": form,
        "account": user,
        "roles": held_roles(list(held)),
        "sessions": sessions_of(user),
        "this_key": request.session.session_key,
        "factors": _factors(user),
        "may_have_tokens": request.person.may("api.use"),
    }
    return render(request, "accounts/account.html", context)


def _factors(user: User) -> dict[str, int]:
    found = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    kinds = [str(kind) for kind in found]
    return {"passkeys": kinds.count("webauthn"), "app": kinds.count("totp")}


@require_POST
@requires("home.read")
def end_one(request: StaffRequest, session_id: int) -> HttpResponse:
    """Signs one of one's own browsers out."""
    session = get_object_or_404(SignedInSession, pk=session_id, user_id=request.person.user_id)
    end_session(session=session, by=request.person.actor, at=timezone.now())
    messages.success(request, _("Signed out there."))
    return redirect("staff:account")


@require_POST
@requires("home.read")
def end_others(request: StaffRequest) -> HttpResponse:
    """Signs out everywhere but here."""
    ended = end_sessions(
        user=_self(request),
        but=request.session.session_key or "",
        by=request.person.actor,
        at=timezone.now(),
    )
    messages.success(request, _("Signed out in %(n)d other places.") % {"n": ended})
    return redirect("staff:account")


@require_http_methods(["GET", "POST"])
@requires("api.use")
def tokens(request: StaffRequest) -> HttpResponse:
    """One's tokens for programs; a new one is shown this once."""
    form = TokenForm(request.person, request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        _token, secret = make_token(
            person=request.person,
            name=form.cleaned_data["name"],
            permissions=form.cleaned_data["permissions"],
            ends_at=now + form.life(),
            at=now,
        )
        form = TokenForm(request.person)
    words = token_permissions()
    rows = [
        {"token": one, "may": [words[code] for code in one.permissions]} for one in _tokens(request)
    ]
    context = {"form": form, "secret": secret, "rows": rows, "now": timezone.now()}
    return render(request, "accounts/tokens.html", context)


def _tokens(request: StaffRequest) -> list[ApiToken]:
    mine = ApiToken.objects.filter(user_id=request.person.user_id, revoked_at__isnull=True)
    return list(mine.order_by("-made_at"))


@require_POST
@requires("api.use")
def revoke(request: StaffRequest, token_id: int) -> HttpResponse:
    """Takes a token back."""
    token = get_object_or_404(ApiToken, pk=token_id, user_id=request.person.user_id)
    revoke_token(token=token, by=request.person.actor, at=timezone.now())
    messages.success(request, _("The token opens nothing any more."))
    return redirect("staff:tokens")
