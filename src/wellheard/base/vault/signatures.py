"""Signatures that another installation can check (Ed25519, RFC 8032). Nothing here invents
cryptography; the private key is derived from the installation's one secret and never stored."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from wellheard.base.vault.keys import derived_key

_GROUP = 4


class SignatureWrong(Exception):
    """The bytes were altered, or were signed with another key."""


def public_key(purpose: str) -> str:
    """The installation's public key for ``purpose`` (64 hex digits)."""
    return _private(purpose).public_key().public_bytes_raw().hex()


def sign_bytes(data: bytes, purpose: str) -> str:
    """The signature of ``data`` (128 hex digits)."""
    return _private(purpose).sign(data).hex()


def check_signature(data: bytes, signature: str, key: str) -> None:
    """Raise SignatureWrong unless ``data`` was signed by the holder of public key ``key``."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature), data
        )
    except (InvalidSignature, ValueError) as error:
        raise SignatureWrong from error


def fingerprint(key: str) -> str:
    """A public key as people read it to each other over the telephone: "3f2a 90c1 ..." (64 bits).

    Raises ValueError for what is no key.
    """
    raw = bytes.fromhex(key)
    if len(raw) != 32:
        raise ValueError("a public key has 64 hexadecimal digits")
    short = hashlib.sha256(raw).hexdigest()[:16]
    return " ".join(short[i : i + _GROUP] for i in range(0, len(short), _GROUP))


def _private(purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(
        derived_key(settings.VAULT_MASTER_KEY, f"sign:{purpose}")
    )
