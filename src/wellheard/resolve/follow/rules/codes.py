"""The short code that opens a case together with its reference, made from the case's secret."""

from __future__ import annotations

import hashlib
import hmac

from wellheard.listen.intake.rules.references import ALPHABET

_LETTERS = 8


def code_of(secret: str) -> str:
    """Return the code, e.g. "7K3F-9Q2M": 29 signs, 8 places, one for each secret."""
    raw = hashlib.sha256(b"case-code:" + secret.encode()).digest()
    signs = "".join(ALPHABET[byte % len(ALPHABET)] for byte in raw[:_LETTERS])
    return f"{signs[:4]}-{signs[4:]}"


def is_code_of(typed: str, secret: str) -> bool:
    """Return whether what somebody typed is the code; spaces, dashes and case do not matter."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    return hmac.compare_digest(plain.encode(), code_of(secret).replace("-", "").encode())
