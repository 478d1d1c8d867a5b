"""The pages of the shared screen itself: language first, one question after the other elsewhere.

The device's cookie says which kiosk it is. Nothing about a person is in it, and who answers is
opened by an address that ends when they send, begin anew, or leave.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.cards.doors import KIOSK_COOKIE, patient_page
from wellheard.listen.invitations.presenters import Owner
from wellheard.listen.kiosk import actions, rules
from wellheard.listen.kiosk.models import Kiosk
from wellheard.listen.kiosk.presenters import screen, welcomes
from wellheard.listen.kiosk.queries import kiosk_of_device, kiosk_waiting

_SCREEN = "whoever stands at a screen that staff set up may answer on it"
_KEPT = 400 * 86_400
_View = Callable[..., HttpResponse]


def with_kiosk(view: _View) -> _View:
    """Give the view the kiosk that this device is, or say that it is none."""

    @wraps(view)
    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kiosk = kiosk_of_device(request.COOKIES.get(KIOSK_COOKIE, ""))
        if kiosk is None:
            return _page(request, None, "kiosk/off.html", {}, status=410)
        return view(request, kiosk, **kwargs)

    return cast(_View, patient_page(_SCREEN)(opened))


@with_kiosk
def start(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """The languages. Whoever comes back here left what they had begun."""
    if kiosk.begun_at is not None:
        _clear(kiosk, "left")
    context = {"welcomes": welcomes(kiosk), "is_first": True}
    answer = _page(request, kiosk, "kiosk/start.html", context)
    _remember(answer, request.COOKIES[KIOSK_COOKIE])
    return answer


@with_kiosk
def helped(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """For the member of staff who helps: how, and in which language."""
    context = {"welcomes": welcomes(kiosk), "back_url": reverse("kiosk:start"), "helped": True}
    return _page(request, kiosk, "kiosk/helped.html", context)


@require_POST
@with_kiosk
def begin(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """The next person begins, in the language of this address."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    assisted = bool(request.POST.get("helped"))
    try:
        asked = actions.begin(kiosk, language=language, assisted=assisted, at=timezone.now())
    except actions.NotOnError:
        return HttpResponseRedirect(reverse("kiosk:start"))
    if asked.survey:
        return HttpResponseRedirect(reverse("invitations:start", args=[asked.survey]))
    spot = kiosk.touchpoint
    # A touchpoint that was closed since takes no cards; its place does.
    code = spot.code if spot is not None and spot.closed_on is None else kiosk.place.code
    return HttpResponseRedirect(reverse("cards:rating", args=[code, asked.card]))


@require_POST
@with_kiosk
def over(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """Empty the screen: somebody begins anew, or (the page says so itself) nobody is there."""
    _clear(kiosk, "left" if request.POST.get("left") else "over")
    return HttpResponseRedirect(reverse("kiosk:start"))


@with_kiosk
def still_there(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """Without JavaScript: the question whether somebody is there, and the way back."""
    to = request.GET.get("to", "")
    return _page(request, kiosk, "kiosk/still_there.html", {"to": to if _is_ours(to) else ""})


@with_kiosk
def leave(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """Staff end the kiosk on this device with its number."""
    wrong = ""
    if request.method == "POST":
        pin = rules.read_pin(request.POST.get("pin", ""))
        found = actions.leave(kiosk, pin, at=timezone.now())
        if found == "left":
            answer = HttpResponseRedirect(reverse("kiosk:start"))
            answer.delete_cookie(KIOSK_COOKIE)
            return answer
        wrong = (
            _("That is not the number of this screen.")
            if found == "wrong"
            else _("Too many wrong numbers. Wait a quarter of an hour, or end it from the desk.")
        )
    context = {
        "wrong": wrong,
        "problems": [{"words": wrong, "target": "pin"}] if wrong else [],
        "back_url": reverse("kiosk:start"),
    }
    return _page(request, kiosk, "kiosk/leave.html", context, status=422 if wrong else 200)


@patient_page("whoever holds this one-time address was given it by the staff who made it")
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Make this device the kiosk. Whoever is signed in on it is signed out."""
    kiosk = kiosk_waiting(token, now=timezone.now())
    if request.method != "POST" or kiosk is None:
        template = "kiosk/set_up.html" if kiosk else "kiosk/off.html"
        return _page(request, kiosk, template, {}, status=200 if kiosk else 410)
    bound = actions.bind_device(token, at=timezone.now())
    if bound is None:
        return _page(request, None, "kiosk/off.html", {}, status=410)
    if request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        logout(request)
    answer = HttpResponseRedirect(reverse("kiosk:start"))
    _remember(answer, bound[1])
    return answer


def _remember(answer: HttpResponse, secret: str) -> None:
    answer.set_cookie(
        KIOSK_COOKIE,
        secret,
        max_age=_KEPT,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _clear(kiosk: Kiosk, why: actions.Why) -> None:
    by, at = Actor.system(kiosk.organisation_id, "kiosk"), timezone.now()
    with acting(by, at=at):
        actions.clear(kiosk, why, by=by, at=at)


def _is_ours(address: str) -> bool:
    """Whether it is a page on which one answers here: never another site."""
    first, _slash, rest = address.lstrip("/").partition("/")
    known = first in dict(settings.LANGUAGES) and rest.startswith(("c/", "s/"))
    return known and address.startswith("/") and not address.startswith("//")


def _page(
    request: HttpRequest,
    kiosk: Kiosk | None,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    organisation = kiosk.place.organisation if kiosk else None
    shared = {
        "organisation": Owner(organisation.name) if organisation else None,
        "offered_languages": organisation.languages if organisation else None,
        **(screen(kiosk) if kiosk else {}),
    }
    words = render_to_string(template, {**shared, **context}, request=request)
    return HttpResponse(words, status=status)
