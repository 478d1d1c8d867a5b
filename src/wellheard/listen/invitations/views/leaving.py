"""Pages beside the questions: going on elsewhere, and saying that nobody will answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from wellheard.base.audit.actor import Actor
from wellheard.channels.outbox.once import TooOftenError
from wellheard.listen.cards.doors import patient_page
from wellheard.listen.intake.rules.words import TooLongError, read_words
from wellheard.listen.invitations import actions, presenters, rules
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.queries import invitation_behind
from wellheard.listen.invitations.sending import send_link
from wellheard.listen.invitations.views.answering import language_now, with_invitation
from wellheard.people.patients.rules import ContactNotUnderstoodError

_WHY = {"died": "died", "stop": "declined", "stranger": "stranger"}


@with_invitation
def later(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """How to go on later; on request a short code for another device, or the link by message."""
    code, sent, wrong = "", False, ""
    if invitation.idle_seconds:
        return HttpResponseRedirect("../")
    # Who was asked is known: a message with the link would join them until it has left.
    link_alone = invitation.anonymous and invitation.patient_id is not None
    if request.method == "POST" and "contact" in request.POST and not link_alone:
        wrong = _sent_to(request, invitation, token)
        sent = not wrong
    elif request.method == "POST" and not invitation.anonymous:
        code = rules.shown_code(actions.give_code(invitation, at=timezone.now()))
    context = {
        "code": code,
        "sent": sent,
        "wrong": wrong,
        "contact": request.POST.get("contact", "")[:254] if wrong else "",
        "problems": [{"words": wrong, "target": "contact"}] if wrong else [],
        "back_url": "../",
        "is_anonymous": invitation.anonymous,
        "link_alone": link_alone,
    }
    return _page(request, invitation, "invitations/later.html", context)


def _sent_to(request: HttpRequest, invitation: Invitation, token: str) -> str:
    """Send the link where the person asks for it; what is wrong with that, in words."""
    typed = request.POST.get("contact", "").strip()
    try:
        send_link(
            invitation,
            token,
            channel="email" if "@" in typed else "sms",
            address=typed,
            language=language_now(),
            at=timezone.now(),
        )
    except ContactNotUnderstoodError:
        return _("Check the e-mail address or mobile number. We could not read it.")
    except TooOftenError:
        return _("We have sent several messages there today. Try again tomorrow.")
    return ""


@patient_page("asks for a code of 59 random bits; nobody can find one by trying")
def resume(request: HttpRequest) -> HttpResponse:
    """Type the code that was shown on another device."""
    typed = request.POST.get("code", "")
    problem = ""
    if request.method == "POST":
        code = rules.read_code(typed)
        token = actions.token_of_code(code) if code else ""
        found = invitation_behind(token, now=timezone.now())[0] if token else None
        if found is not None:
            return redirect("invitations:start", token)
        problem = _("We know no survey with this code. Check each letter and number.")
    context: dict[str, Any] = {"code": typed[:40], "wrong": problem}
    if problem:
        context["problems"] = [{"words": problem, "target": "code"}]
    words = render_to_string("invitations/resume.html", context, request=request)
    return HttpResponse(words, status=422 if problem else 200)


@with_invitation
def not_me(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Somebody else opened the link, or the person cannot or will not answer."""
    who = request.POST.get("who", "")
    said = request.POST.get("words", "")
    problem, target = "", "who_helper"
    if request.method == "POST":
        if who == "helper":
            return HttpResponseRedirect("../")
        if who == "child":
            return _page(request, invitation, "invitations/child.html", {"back_url": "./"})
        try:
            read_words(said)
        except TooLongError:
            problem, target = presenters.too_long(), "words"
        if who in _WHY and not problem:
            _end(invitation, _WHY[who], said)
            return HttpResponseRedirect(f"../ended-{_WHY[who]}/")
        problem = problem or _("Choose one of the answers.")
    context = {
        "back_url": "../",
        "wrong": problem,
        "who": who,
        "said": said,
        "problems": [{"words": problem, "target": target}] if problem else [],
    }
    return _page(request, invitation, "invitations/not_me.html", context)


@patient_page("whoever holds the link was asked to answer")
def ended(request: HttpRequest, token: str, why: str) -> HttpResponse:
    """That nobody is asked any more, in words that fit what was said."""
    invitation, _closed = invitation_behind(token, now=timezone.now())
    if invitation is None or invitation.ended_as != why:
        return HttpResponseRedirect("../")
    return _page(request, invitation, "invitations/closed.html", presenters.ended_words(why))


def _end(invitation: Invitation, why: str, said: str) -> None:
    actions.end_asking(
        invitation,
        why,
        words=said,
        language=language_now(),
        by=Actor.patient(invitation.organisation_id),
        at=timezone.now(),
    )


def _page(
    request: HttpRequest, invitation: Invitation, template: str, context: dict[str, Any]
) -> HttpResponse:
    card = {"card_url": f"/c/{invitation.place.code}/"} if template.endswith("child.html") else {}
    context = {**presenters.frame(invitation), **card, **context}
    words = render_to_string(template, context, request=request)
    return HttpResponse(words, status=422 if context.get("problems") else 200)
