"""Pages of signing in that allauth does not have."""

from __future__ import annotations

from datetime import datetime

from allauth.account import views as account_views
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.people.signin.actions import note_sign_in
from wellheard.people.signin.doors import entrance, own
from wellheard.people.signin.forms import WelcomeForm
from wellheard.people.staff.actions import link_by_token, use_one_time_link
from wellheard.people.staff.factors import has_own_factor
from wellheard.people.staff.models import SignedInSession, User
from wellheard.people.staff.sessions import lock_session

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@entrance
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: choose a password, and be signed in with it."""
    now = timezone.now()
    link = link_by_token(token, at=now)
    if link is None:
        return render(request, "signin/welcome_over.html", status=404)
    form = WelcomeForm(link.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not use_one_time_link(link=link, password=form.cleaned_data["password"], at=now):
            return render(request, "signin/welcome_over.html", status=404)
        return _signed_in(request, link.user, now)
    return render(request, "signin/welcome.html", {"form": form, "link": link})


def _signed_in(request: HttpRequest, user: User, now: datetime) -> HttpResponse:
    """Signs in by a new session; an account that has a second factor is asked for it as ever."""
    if has_own_factor(user):
        return redirect("account_login")
    login(request, user, backend=_BACKEND)
    note_sign_in(user=user, methods=["one-time-link"], at=now)
    return redirect("mfa_index" if settings.SECOND_FACTOR_REQUIRED else "/staff/")


@entrance
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Signs out and leaves nothing behind in the browser."""
    response: HttpResponseBase = account_views.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@entrance
def ask_for_reset(request: HttpRequest) -> HttpResponseBase:
    """Asks for a mail with a link, where this installation sends mail."""
    if not settings.STAFF_MAIL:
        return render(request, "account/password_reset.html", {"sends_mail": False})
    view = account_views.PasswordResetView.as_view(extra_context={"sends_mail": True})
    response: HttpResponseBase = view(request)
    return response


@require_POST
@own
def lock(request: HttpRequest) -> HttpResponseBase:
    """Locks the screen, by hand or because nobody touched it for a while."""
    key = request.session.session_key
    if (row := SignedInSession.objects.filter(key=key).first()) is not None:
        lock_session(row, at=timezone.now())
    address = reverse("account_reauthenticate")
    came_from = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts=None):
        address = f"{address}?{urlencode({'next': came_from})}"
    return redirect(address)


@require_POST
@own
def still_here(request: HttpRequest) -> HttpResponse:
    """A sign of life from a page somebody is writing on. Reading the standing notes it."""
    return HttpResponse(status=204)
