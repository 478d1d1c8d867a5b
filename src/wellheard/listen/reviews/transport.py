"""Fetching a page of an outlet: only http and https, never from inside our own network, within
limits of time, size and redirects."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from wellheard.listen.reviews.policy import public_policy


class FetchError(Exception):
    """The page could not be had; ``code`` holds no address and no words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; ``body`` is None when nothing changed since ``etag`` or ``modified``."""

    body: bytes | None
    etag: str = ""
    modified: str = ""


def fetch(address: str, *, etag: str = "", modified: str = "") -> Fetched:
    """Get one page. Raises FetchError."""
    if urlsplit(address).scheme not in {"http", "https"}:
        raise FetchError("not-http")
    headers = {"User-Agent": "Wellheard", "Accept": "*/*"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": modified} if modified else {}
    limits = public_policy().pull
    until = time.monotonic() + limits["seconds_in_all"]
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310  (checked above)
        with opener().open(request, timeout=limits["timeout_seconds"]) as answer:
            body = _read(answer, until, limits["most_bytes"])
            said = answer.headers
            return Fetched(body, said.get("ETag", "")[:200], said.get("Last-Modified", "")[:80])
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 304:
                return Fetched(None, etag, modified)
            raise FetchError(f"http-{error.code}") from None
    except urllib.error.URLError as error:
        raise FetchError(code_of(error.reason)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(code_of(error)) from None


def _read(answer: Any, until: float, most: int) -> bytes:
    """The body; a drip-fed or endless one is given up."""
    parts, size = [], 0
    while part := answer.read1(65_536):
        size += len(part)
        if size > most:
            raise FetchError("too-large")
        if time.monotonic() > until:
            raise FetchError("too-slow")
        parts.append(part)
    if answer.length:
        raise FetchError("broke-off")
    return b"".join(parts)


def code_of(error: Any) -> str:
    """Why a line failed, in a word of ours."""
    if isinstance(error, _PrivateAddressError):
        return "private-address"
    return "too-slow" if isinstance(error, TimeoutError) else f"network-{type(error).__name__}"


class _PrivateAddressError(OSError):
    """The name leads into a network that is not public."""


def _connect(address: tuple[str, int], timeout: Any = None, source: Any = None) -> socket.socket:
    """Connect to an address that was looked at: asking the name twice would let it change."""
    host, port = address
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for info in infos:
        ip = ipaddress.ip_address(str(info[4][0]).partition("%")[0])
        if not settings.REVIEWS_PRIVATE_ADDRESSES and not ip.is_global:
            raise _PrivateAddressError
    return socket.create_connection((str(infos[0][4][0]), port), timeout, source)


class _Plain(http.client.HTTPConnection):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._create_connection = _connect


class _Secure(http.client.HTTPSConnection):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._create_connection = _connect


class _PlainHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Plain, req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Secure, req)


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = public_policy().pull["most_redirects"]

    def redirect_request(self, *given: Any, **named: Any) -> urllib.request.Request | None:
        request = super().redirect_request(*given, **named)
        if request is not None and urlsplit(request.full_url).scheme not in {"http", "https"}:
            raise FetchError("not-http")
        return request


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def opener(*, follows: bool = True) -> urllib.request.OpenerDirector:
    """What opens addresses, never a private one unless somebody said so; with ``follows`` False a
    redirect is refused (it would carry a secret elsewhere)."""
    # Put together by hand: the ready-made one would read files and FTP, and follow proxies.
    made = urllib.request.OpenerDirector()
    for handler in (_PlainHandler(), _SecureHandler(), _Redirects() if follows else _NoRedirect(),
                    urllib.request.HTTPDefaultErrorHandler(),
                    urllib.request.HTTPErrorProcessor()):  # fmt: skip
        made.add_handler(handler)
    return made
