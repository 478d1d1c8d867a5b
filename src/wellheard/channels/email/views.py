"""One-click unsubscribe (RFC 8058): only a POST ends anything, since scanners open every link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wellheard.base.vault.sealing import LinkBroken, unsign
from wellheard.channels.email.actions import end_mails
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.sending import UNSUBSCRIBE
from wellheard.people.access.doors import public


@public("the signed link in a mail is the key; a mail program posts without cookies")
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """GET asks, POST does; both in the language the mail was written in."""
    message = _message(signed)
    if message is None:
        return HttpResponseNotFound()
    done = request.method == "POST"
    if done:
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        by_page = "from_page" in request.POST
        source = "page" if by_page or not one_click else "one_click"
        end_mails(message, source=source, at=timezone.now())
    with translation.override(message.language):
        return render(
            request,
            "email/unsubscribe.html",
            {"done": done, "organisation": message.organisation, "purpose": message.purpose},
        )


def _message(signed: str) -> Message | None:
    """The message the link came with; it works for as long as the mail is kept."""
    try:
        key = unsign(signed, UNSUBSCRIBE, now=timezone.now())
    except LinkBroken:
        return None
    return Message.objects.select_related("organisation", "patient").filter(pk=key).first()
