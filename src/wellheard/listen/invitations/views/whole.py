"""All questions on one page: for those who answer where there is no internet, or like it so."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from wellheard.listen.cards.doors import patient_page
from wellheard.listen.cards.prepared import hole, prepared
from wellheard.listen.cards.presenters import file_problem
from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.listen.invitations import actions, presenters, rules, scenes, uploads
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.views.answering import language_now, with_invitation
from wellheard.listen.surveys.rules import Instrument, Item

_WORKER = """"use strict";
// Gives back a survey page that was kept for use without internet. It keeps nothing by itself.
const KEPT = "wellheard-survey";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const kept = () => caches.open(KEPT).then((cache) => cache.match(request, { ignoreVary: true }));
  event.respondWith(
    fetch(request).catch(() => kept().then((answer) => answer || Response.error())),
  );
});
"""


@with_invitation
def all_questions(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Every question; one sending. Answers given on other pages stay when left empty here."""
    asked = actions.instrument_of(invitation)
    items = rules.on_one_page(asked)
    if request.method != "POST":
        return _page(request, invitation, asked, items, token)
    given, wrong = rules.given_at_once(items, request.POST)
    refused = _keep_files(request, invitation, items, given)
    wrong |= dict.fromkeys(refused, "file")
    at = timezone.now()
    if wrong:
        kept = actions.keep_answers(invitation, items, given, at=at)
    else:
        kept = actions.keep_and_send(invitation, items, given, language=language_now(), at=at)
    if kept is not None and (wrong or not kept.answers):
        return _wrong(request, invitation, asked, items, wrong, refused)
    return HttpResponseRedirect("../thanks/")


def _keep_files(
    request: HttpRequest, invitation: Invitation, items: list[Item], given: dict[str, object]
) -> dict[str, str]:
    """Keep the chosen photos and recordings; why those that cannot be kept are not. A page sent
    once more (its first answer was lost on the way) brings them again: they replace themselves."""
    refused: dict[str, str] = {}
    for item in items:
        chosen = request.FILES.get(f"{rules.prefix_of(item)}answer")
        if chosen is None or not rules.is_upload(item):
            continue
        try:
            given[item.code] = uploads.keep_chosen(invitation, item, chosen)
        except FileRefusedError as error:
            refused[item.code] = error.why
    return refused


@patient_page("a program for the browser, the same for everybody")
def worker(request: HttpRequest) -> HttpResponse:
    """What lets a kept page open without internet."""
    return HttpResponse(_WORKER, content_type="text/javascript")


@patient_page("a name and pictures, the same for everybody")
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone shows when the survey page is put on its first screen."""
    icon = staticfiles_storage.url("wellheard/brand/app-icon-512.png")
    described = {
        "name": _("Tell us about your care"),
        "short_name": "Wellheard",
        "lang": language_now(),
        "dir": "rtl" if language_now() == "ar" else "ltr",
        "start_url": f"/{language_now()}/s/",
        "scope": f"/{language_now()}/s/",
        "display": "standalone",
        "background_color": "#fbf7ef",
        "theme_color": "#0b5c60",
        "icons": [{"src": icon, "sizes": "512x512", "type": "image/png", "purpose": "any"}],
    }
    return JsonResponse(described, content_type="application/manifest+json")


def _page(
    request: HttpRequest,
    invitation: Invitation,
    asked: Instrument,
    items: list[Item],
    token: str,
) -> HttpResponse:
    progress, language = rules.Progress.read(invitation.progress), language_now()
    if all(presenters.is_prepared(asked, item) for item in asked.items):
        scene = scenes.whole_scene(invitation, language)
        path = request.path.replace(token, hole("token"))
        page = prepared("invitations/whole.html", language, path, (), scene)
        values = {
            f"q0{n}{name}": value
            for n, item in enumerate(items)
            for name, value in presenters.chosen(item, progress).items()
        }
        return HttpResponse(page.fill({**values, "token": token}))
    chosen = [presenters.chosen(item, progress) for item in items]
    named = [presenters.personal(invitation, item, progress, language) for item in items]
    context = presenters.whole(asked, named, language, lambda n, name: chosen[n].get(name, ""))
    return _drawn(request, invitation, context, 200)


def _wrong(
    request: HttpRequest,
    invitation: Invitation,
    asked: Instrument,
    items: list[Item],
    wrong: dict[str, str],
    refused: dict[str, str],
) -> HttpResponse:
    """The page again, with what was typed and what to do about it."""
    language = language_now()
    typed = [
        presenters.typed(item, rules.Part(request.POST, rules.prefix_of(item))) for item in items
    ]
    progress = rules.Progress.read(invitation.progress)
    named = [presenters.personal(invitation, item, progress, language) for item in items]
    by_code = {item.code: item for item in items}
    said = {code: presenters.problem_words(by_code[code], why) for code, why in wrong.items()}
    said |= {code: file_problem(why) for code, why in refused.items()}
    context = presenters.whole(asked, named, language, lambda n, name: typed[n].get(name, ""), said)
    if not said:
        nothing = _("Answer at least one question before you send.")
        context["problems"] = [{"words": nothing, "target": ""}]
    return _drawn(request, invitation, context, 422)


def _drawn(
    request: HttpRequest, invitation: Invitation, context: dict[str, Any], status: int
) -> HttpResponse:
    context = {**presenters.frame(invitation), **context}
    words = render_to_string("invitations/whole.html", context, request=request)
    return HttpResponse(words, status=status)
