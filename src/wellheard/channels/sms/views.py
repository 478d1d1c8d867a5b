"""What the text gateway tells us: receipts of what we sent, and what patients write back."""

from __future__ import annotations

import uuid
from html import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wellheard.channels.inbound.actions import take_in
from wellheard.channels.outbox.models import MessageAttempt
from wellheard.channels.outbox.recording import note_receipt
from wellheard.channels.sms.codec import read_report
from wellheard.channels.sms.signature import is_signed
from wellheard.people.access.doors import public
from wellheard.people.places.models import Organisation

SIGNED = "the gateway calls it; every call carries a signature that is checked"


@public(SIGNED)
@csrf_exempt
@require_POST
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """A status callback: answered with 204, news or not, so that it is not repeated."""
    if not _is_from_gateway(request):
        return HttpResponseForbidden()
    report = read_report(request.POST.dict())
    attempt = _attempt(token, report.provider_id)
    if attempt is None:
        return HttpResponseNotFound()
    if report.status:
        note_receipt(
            attempt.pk, report.status, report.code, at=timezone.now(), stopped=report.stopped
        )
    return HttpResponse(status=204)


@public(SIGNED)
@csrf_exempt
@require_POST
def inbound(request: HttpRequest, organisation: str) -> HttpResponse:
    """A text from a patient. The answer, if there is one, goes back in TwiML."""
    if not _is_from_gateway(request):
        return HttpResponseForbidden()
    home = Organisation.objects.filter(slug=organisation).first()
    if home is None:
        return HttpResponseNotFound()
    fields = request.POST
    answer = take_in(
        organisation=home,
        kind="sms",
        sender=fields.get("From", ""),
        text=fields.get("Body", ""),
        provider_id=fields.get("MessageSid", ""),
        at=timezone.now(),
    )
    return _twiml(answer if settings.SMS_ANSWERS else "")


def _is_from_gateway(request: HttpRequest) -> bool:
    # The address as the gateway knows it: behind a proxy the request's own host may differ.
    address = settings.ADDRESS + request.get_full_path()
    given = request.headers.get("X-Twilio-Signature", "")
    return is_signed(given, settings.SMS_TOKEN, address, dict(request.POST.lists()))


def _attempt(token: str, provider_id: str) -> MessageAttempt | None:
    try:
        by_token = MessageAttempt.objects.filter(token=uuid.UUID(hex=token)).first()
    except ValueError:
        return None
    # A token opens its own attempt only: the provider's name for it must not be another's.
    if by_token and by_token.provider_id not in ("", provider_id):
        return None
    return by_token


def _twiml(answer: str) -> HttpResponse:
    message = f"<Message>{escape(answer)}</Message>" if answer else ""
    text = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    return HttpResponse(text, content_type="text/xml; charset=utf-8")
