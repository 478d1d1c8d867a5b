"""Posting one text message to the gateway."""

from __future__ import annotations

import base64
import ssl
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from wellheard.channels.outbox.transport import Accepted, Delivery, TransportError
from wellheard.channels.sms.codec import address_of, form_of, read_accepted, read_error

_LONGEST_ANSWER = 65_536
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def send(delivery: Delivery) -> Accepted:
    """Post the message; raises TransportError. A time-out may mean that it was taken: the same
    ``Idempotency-Key`` at the next try lets the gateway know it again."""
    request = _request(delivery)
    try:
        with _opener().open(request, timeout=settings.CHANNEL_TIMEOUT_SECONDS) as answer:
            return read_accepted(answer.read(_LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            body = error.read(_LONGEST_ANSWER)
        raise read_error(error.code, body, error.headers.get("Retry-After", "")) from None
    except TimeoutError:
        raise TransportError("timeout", permanent=False) from None
    except (urllib.error.URLError, HTTPException, OSError) as error:
        raise TransportError(_network_code(error), permanent=False) from None


def _request(delivery: Delivery) -> urllib.request.Request:
    address = address_of(settings.SMS_GATEWAY, settings.SMS_ACCOUNT)
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise TransportError("gateway-not-https", permanent=False)
    login = base64.b64encode(f"{settings.SMS_ACCOUNT}:{settings.SMS_TOKEN}".encode()).decode()
    return urllib.request.Request(  # noqa: S310  (the scheme is checked above)
        address,
        data=urlencode(form_of(delivery, settings.SMS_FROM)).encode(),
        headers={
            "Authorization": f"Basic {login}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "Idempotency-Key": delivery.key,
        },
        method="POST",
    )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected post would carry the login and the words to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    trust = ssl.create_default_context(cafile=settings.CHANNEL_CA_FILE or None)
    return urllib.request.build_opener(_NoRedirect(), urllib.request.HTTPSHandler(context=trust))


def _network_code(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return "timeout" if isinstance(reason, TimeoutError) else f"network-{type(reason).__name__}"
