"""The installation's one secret, and the keys derived from it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASTER_KEY_BYTES = 32


class KeyMissing(Exception):
    """The master key cannot be read or made; the message says where it was looked for."""


def master_key(home: Path, given: str = "") -> bytes:
    """The 32-byte master key: ``given`` (hex) or the file ``keys/master.key`` in the home folder.

    The file is made, readable by its owner alone, the first time. Two processes that start at
    once end with the same key: the loser of the race reads what the winner wrote.
    """
    if given:
        return _from_hex(given)
    path = home / "keys" / "master.key"
    if not path.exists():
        _make(path)
    return _from_hex(path.read_text(encoding="ascii").strip())


def derived_key(master: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose only (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(master)


def _from_hex(value: str) -> bytes:
    try:
        key = bytes.fromhex(value)
    except ValueError:
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise KeyMissing("The master key must be 64 hexadecimal digits.")
    return key


def _make(path: Path) -> None:
    path.parents[1].mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(MASTER_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
