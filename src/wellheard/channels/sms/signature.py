"""X-Twilio-Signature: that a call to us comes from who holds the account's token. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence


def signature(token: str, address: str, fields: Mapping[str, Sequence[str]]) -> str:
    """base64(HMAC-SHA1(token, address + every name and value, sorted by name)).

    A name given several times counts with each of its different values, sorted.
    """
    said = address + "".join(
        name + value for name in sorted(fields) for value in sorted(set(fields[name]))
    )
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def is_signed(given: str, token: str, address: str, fields: Mapping[str, Sequence[str]]) -> bool:
    """Whether ``given`` is the signature. Without a token of ours nothing is."""
    if not token:
        return False
    return hmac.compare_digest(given.encode(), signature(token, address, fields).encode())
