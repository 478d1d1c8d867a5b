"""Sealing (AES-256-GCM), tokens, digests and signed links. Nothing here invents cryptography."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core import signing

from wellheard.base.vault.keys import derived_key

_NONCE = 12


class CannotUnseal(Exception):
    """The sealed text was altered, or was sealed for another purpose or with another key."""


class LinkExpired(Exception):
    """A signed link is past its last day."""


class LinkBroken(Exception):
    """A signed link was altered or is not ours."""


def seal(text: str, purpose: str, *, key: bytes | None = None) -> str:
    """``text`` encrypted and authenticated for ``purpose``; base64 text.

    ``key``: 32 bytes of the caller's own instead of the installation's key.
    """
    nonce = secrets.token_bytes(_NONCE)
    cipher = AESGCM(key) if key else _cipher(purpose)
    sealed = cipher.encrypt(nonce, text.encode(), purpose.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, purpose: str, *, key: bytes | None = None) -> str:
    """The text that ``seal`` was given. Raises CannotUnseal."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        cipher = AESGCM(key) if key else _cipher(purpose)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal(purpose) from error


def key_from_token(token: str, purpose: str) -> bytes:
    """A 32-byte key that exists only while somebody holds ``token``."""
    return derived_key(token.encode() + _key(purpose), purpose)


def new_token(bits: int = 160) -> str:
    """An unguessable, address-safe token."""
    return secrets.token_urlsafe(bits // 8)


def digest(value: str, purpose: str) -> str:
    """Keyed digest (64 hex digits) by which a token, e-mail or number is found again."""
    # In one call: a draw makes two for each person.
    return hmac.digest(_key(f"digest:{purpose}"), value.encode(), "sha256").hex()


def sign(value: str, purpose: str) -> str:
    """``value`` with a signature and the moment of signing, safe in an address."""
    return _signer(purpose).sign(value)


def unsign(signed: str, purpose: str, *, now: datetime, last_days: float | None = None) -> str:
    """The value that was signed. Raises LinkBroken, or LinkExpired after ``last_days``."""
    try:
        value = _signer(purpose).unsign(signed)
    except signing.BadSignature as error:
        raise LinkBroken(purpose) from error
    stamp = signing.b62_decode(signed.rsplit(":", 2)[1])
    if last_days is not None and now.timestamp() - stamp > last_days * 86_400:
        raise LinkExpired(purpose)
    return value


class _Signer(signing.TimestampSigner):
    """Django's, with the key that it would derive anew for each signature derived once."""

    @cached_property
    def _derived(self) -> bytes:
        keyed = _bytes(self.salt) + b"signer" + _bytes(self.key)
        return hashlib.new(self.algorithm, keyed).digest()

    def signature(self, value: str | bytes, key: Any = None) -> str:
        if key not in (None, self.key):  # one of the keys before a change of keys
            return super().signature(value, key)
        made = hmac.digest(self._derived, _bytes(value), self.algorithm)
        return signing.b64_encode(made).decode()


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


@cache
def _signer(purpose: str) -> _Signer:
    return _Signer(salt=f"wellheard.{purpose}")


@cache
def _cipher(purpose: str) -> AESGCM:
    return AESGCM(_key(purpose))


@cache
def _key(purpose: str) -> bytes:
    return derived_key(settings.VAULT_MASTER_KEY, purpose)
