"""Posting to the answering program an administrator may have set; none by default."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from wellheard.prove.explore.codec import LONGEST_ANSWER, BadAnswerError, Summary, read_summary

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NoAnswerError(Exception):
    """The program could not be reached or did not answer properly; the code holds no words."""


def is_set() -> bool:
    """Whether an administrator has named a program."""
    return bool(settings.ANSWER_ADDRESS)


def ask(body: bytes, known: list[str]) -> Summary:
    """Post a request and read what may stand of the answer. Raises NoAnswerError."""
    try:
        opener = urllib.request.build_opener(_NoRedirect())
        with opener.open(_request(body), timeout=settings.ANSWER_TIMEOUT_SECONDS) as answer:
            return read_summary(answer.read(LONGEST_ANSWER), known)
    except urllib.error.HTTPError as error:
        with error:
            raise NoAnswerError(f"http-{error.code}") from None
    except BadAnswerError:
        raise NoAnswerError("unreadable") from None
    except (urllib.error.URLError, HTTPException, OSError) as error:
        raise NoAnswerError(f"network-{type(error).__name__}") from None


def _request(body: bytes) -> urllib.request.Request:
    address = f"{settings.ANSWER_ADDRESS.rstrip('/')}/chat/completions"
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise NoAnswerError("not-https")
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if settings.ANSWER_KEY:
        headers["Authorization"] = f"Bearer {settings.ANSWER_KEY}"
    return urllib.request.Request(address, data=body, headers=headers, method="POST")  # noqa: S310  (the scheme is checked above)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected post would carry the key and the comments to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None
