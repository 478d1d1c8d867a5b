"""The pages of a survey: one question each, kept as they are answered, sent once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wellheard.listen.cards.doors import is_kiosk, patient_page
from wellheard.listen.cards.prepared import hole, prepared
from wellheard.listen.cards.presenters import file_problem
from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.listen.invitations import actions, presenters, rules, scenes, uploads
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.queries import invitation_behind
from wellheard.listen.surveys.rules import AnswerError, Instrument, Item, next_item, previous_item

_HOLDER = "whoever holds the link was asked to answer"
_View = Callable[..., HttpResponse]


def with_invitation(view: _View) -> _View:
    """Give the view the invitation behind the link, or say kindly why there is none."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        invitation, closed = invitation_behind(token, now=timezone.now())
        if invitation is None or closed is not None:
            return _closed(request, invitation, closed or "broken")
        return view(request, invitation, token, **kwargs)

    return cast(_View, patient_page(_HOLDER)(opened))


@with_invitation
def start(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """What this is about and how long it takes; the beginning, or where one stopped."""
    if invitation.opened_at is None and not invitation.anonymous:
        device = rules.device_class(request.headers.get("User-Agent", ""))
        actions.note_opened(invitation, device=device, at=timezone.now())
    asked = actions.instrument_of(invitation)
    progress = rules.Progress.read(invitation.progress)
    item = rules.resume_at(asked, progress)
    language = language_now()
    scene = scenes.edge_scene(invitation, language, is_begun=bool(progress.passed))
    path = request.path.replace(token, hole("token"))
    page = prepared("invitations/start.html", language, path, ("next",), scene)
    following = f"{item.code}/" if item else "check/"
    return HttpResponse(page.fill({"token": token, "next": following}))


@with_invitation
def question(request: HttpRequest, invitation: Invitation, token: str, item: str) -> HttpResponse:
    """One question; its answer is kept before the next is shown."""
    asked = actions.instrument_of(invitation)
    progress = rules.Progress.read(invitation.progress)
    found = next((each for each in asked.asked(progress.answers) if each.code == item), None)
    if found is None:
        return HttpResponseRedirect("../")
    if request.method != "POST":
        return _question_page(request, invitation, asked, found, progress, token)
    try:
        given = _given(request, invitation, found, progress)
        after = actions.keep_answer(invitation, found, given, at=timezone.now())
    except FileRefusedError as error:
        return _wrong(request, invitation, asked, found, file_problem(error.why))
    except AnswerError as error:
        problem = presenters.problem_words(found, error.why)
        return _wrong(request, invitation, asked, found, problem)
    if after is None:
        return HttpResponseRedirect("../thanks/")
    following = next_item(asked, after.answers, found.code)
    if request.GET.get("from") == "check":
        following = rules.resume_at(asked, after)
    return HttpResponseRedirect(f"../{following.code}/" if following else "../check/")


@with_invitation
def check(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Every answer once more; sending them."""
    asked = actions.instrument_of(invitation)
    progress = rules.Progress.read(invitation.progress)
    problems = []
    if request.method == "POST" and progress.answers:
        actions.send(invitation, language=language_now(), at=timezone.now())
        return HttpResponseRedirect("../thanks/")
    if request.method == "POST":
        problems = [{"words": _("Answer at least one question before you send."), "target": ""}]
    last = list(asked.asked(progress.answers))[-1]
    context = {
        **presenters.frame(invitation),
        "rows": presenters.check_rows(invitation, asked, progress, language_now()),
        "back_url": f"../{last.code}/",
        "problems": problems,
    }
    return HttpResponse(
        render_to_string("invitations/check.html", context, request=request),
        status=422 if problems else 200,
    )


@patient_page(_HOLDER)
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """That the answers have arrived."""
    invitation, closed = invitation_behind(token, now=timezone.now())
    if invitation is None or closed in ("expired", "ended", "kept"):
        return _closed(request, invitation, closed or "broken")
    if closed is None:
        return HttpResponseRedirect("../")
    scene = scenes.edge_scene(invitation, language_now())
    path = request.path.replace(token, hole("token"))
    page = prepared("invitations/thanks.html", language_now(), path, (), scene)
    return HttpResponse(page.fill({"token": token}))


def _question_page(
    request: HttpRequest,
    invitation: Invitation,
    asked: Instrument,
    item: Item,
    progress: rules.Progress,
    token: str,
) -> HttpResponse:
    before = previous_item(asked, progress.answers, item.code)
    back = f"../{before.code}/" if before else "../"
    if request.GET.get("from") == "check":
        back = "../check/"
    language = language_now()
    if not presenters.is_prepared(asked, item):
        values = presenters.chosen(item, progress)
        context = {
            **presenters.frame(invitation),
            **presenters.question(
                asked,
                presenters.personal(invitation, item, progress, language),
                language,
                lambda name: values.get(name, ""),
            ),
            "back_url": back,
        }
        page_words = render_to_string("invitations/question.html", context, request=request)
        return HttpResponse(page_words)
    scene = scenes.question_scene(invitation, item, language=language, back_url=back)
    path = request.path.replace(token, hole("token"))
    page = prepared("invitations/question.html", language, path, (), scene)
    return HttpResponse(page.fill({**presenters.chosen(item, progress), "token": token}))


def _given(
    request: HttpRequest, invitation: Invitation, item: Item, progress: rules.Progress
) -> object:
    """What the form says. A chosen file is kept first; without one, the earlier one stays."""
    if item.kind not in ("file", "voice"):
        return rules.given(item, request.POST)
    if request.POST.get("remove"):
        uploads.drop_upload(invitation, item)
        return ""
    chosen = request.FILES.get("answer")
    if chosen is None:
        return progress.answers.get(item.code, "")
    return uploads.keep_chosen(invitation, item, chosen)


def _wrong(
    request: HttpRequest, invitation: Invitation, asked: Instrument, item: Item, problem: str
) -> HttpResponse:
    """The question again, with what was typed and what to do about it."""
    values = presenters.typed(item, request.POST)
    context = {
        **presenters.frame(invitation),
        **presenters.question(
            asked,
            presenters.personal(
                invitation, item, rules.Progress.read(invitation.progress), language_now()
            ),
            language_now(),
            lambda name: values.get(name, ""),
        ),
        "wrong": problem,
        "problems": [{"words": problem, "target": presenters.target(item)}],
        "back_url": "../",
    }
    return HttpResponse(
        render_to_string("invitations/question.html", context, request=request), status=422
    )


def _closed(request: HttpRequest, invitation: Invitation | None, why: str) -> HttpResponse:
    if is_kiosk(request):
        return HttpResponseRedirect(reverse("kiosk:start"))
    context: dict[str, Any] = presenters.frame(invitation) if invitation else {}
    ended_as = invitation.ended_as if invitation else ""
    is_told = why == "ended"
    context |= presenters.ended_words(ended_as) if is_told else presenters.closed_words(why)
    if invitation is not None and why == "expired":
        context["card_url"] = f"/c/{invitation.place.code}/"
    status = {"answered": 200, "kept": 200, "ended": 200, "expired": 410}.get(why, 404)
    return HttpResponse(
        render_to_string("invitations/closed.html", context, request=request), status=status
    )


def language_now() -> str:
    return get_language() or settings.LANGUAGE_CODE
