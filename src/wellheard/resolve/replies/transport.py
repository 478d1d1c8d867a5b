"""Posting one reply to an outlet's program: over https (or to this machine), to no private address
unless somebody says so, following no redirect, within limits of time and size."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from wellheard.listen.reviews.transport import FetchError, code_of, opener
from wellheard.resolve.replies.codec import Posted, Posting, is_for_good, read_posted
from wellheard.resolve.replies.policy import desk

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PostError(Exception):
    """It was not taken, or nobody knows. ``code`` holds no words; ``unknown``: it may stand there;
    ``for_good``: trying again would not help."""

    def __init__(self, code: str, *, unknown: bool = False, for_good: bool = False) -> None:
        super().__init__(code)
        self.code, self.unknown, self.for_good = code, unknown, for_good


def post(posting: Posting, token: str) -> Posted:
    """Hand it over. Raises PostError."""
    limits = desk().publishing
    try:
        with opener(follows=False).open(_request(posting, token), timeout=limits.timeout) as answer:
            return read_posted(answer.read(limits.most_answer))
    except urllib.error.HTTPError as error:
        with error:
            raise PostError(
                f"http-{error.code}", unknown=error.code >= 500, for_good=is_for_good(error.code)
            ) from None
    except urllib.error.URLError as error:
        reason = error.reason
        # A line that was never there carried nothing; anything later may have arrived.
        refused = isinstance(reason, ConnectionRefusedError)
        code = code_of(reason)
        fixed = code == "private-address"
        raise PostError(code, unknown=not (refused or fixed), for_good=fixed) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PostError(code_of(error), unknown=True) from None
    except FetchError as error:
        raise PostError(error.code, for_good=True) from None


def _request(posting: Posting, token: str) -> urllib.request.Request:
    parts = urlsplit(posting.address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise PostError("not-https", for_good=True)
    return urllib.request.Request(  # noqa: S310  (the scheme is checked above)
        posting.address,
        data=posting.body,
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Idempotency-Key": posting.key,
            "User-Agent": "Wellheard",
        },
        method=posting.method,
    )
