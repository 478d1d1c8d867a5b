"""A sealed stream: a file encrypted in chunks, so that its size never matters for memory.

Each chunk is AES-256-GCM with a counter nonce under a key made for this one file; its number and
"this is the last" are authenticated, so chunks cannot be cut, swapped or appended unseen.
(The STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015.)
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wellheard.base.vault.keys import derived_key

MAGIC = b"WELLHEARD-BACKUP-1\n"
CHUNK = 1_048_576
_SALT = 32


class BadBackup(Exception):
    """The file is not a whole backup of ours, or the key is another one."""


class SealedWriter:
    """A file-like object: what is written to it lands encrypted in ``target``."""

    def __init__(self, target: BinaryIO, master: bytes) -> None:
        salt = secrets.token_bytes(_SALT)
        self._target = target
        self._cipher = AESGCM(_file_key(master, salt))
        self._waiting = bytearray()
        self._number = 0
        target.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Nothing to do: chunks leave when they are full, the last one on ``finish``."""

    def finish(self) -> None:
        self._put(bytes(self._waiting), last=True)

    def _put(self, data: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), data, None)
        self._target.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


class SealedReader:
    """A file-like object that reads what SealedWriter wrote. Raises BadBackup."""

    def __init__(self, source: BinaryIO, master: bytes) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise BadBackup("this is not a Wellheard backup")
        self._chunks = _opened(source, AESGCM(_file_key(master, source.read(_SALT))))
        self._waiting = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._waiting) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._waiting += chunk
        end = len(self._waiting) if size < 0 else size
        out, self._waiting = self._waiting[:end], self._waiting[end:]
        return out


def _opened(source: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    number, ahead = 0, _next(source)
    while ahead is not None:
        sealed, ahead = ahead, _next(source)
        try:
            yield cipher.decrypt(_nonce(number, ahead is None), sealed, None)
        except InvalidTag:
            why = "it was cut or altered, or the master key is another one"
            raise BadBackup(f"the backup cannot be opened: {why}") from None
        number += 1
    if number == 0:
        raise BadBackup("the backup is empty: it was cut off")


def _next(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if not head:
        return None
    size = struct.unpack(">I", head)[0] if len(head) == 4 else -1
    sealed = source.read(size) if 0 <= size <= CHUNK + 16 else b""
    if size != len(sealed):  # a length told too long reads to the end and would still open
        raise BadBackup("the backup cannot be opened: it was cut or altered")
    return sealed


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">7xIB", number, last)


def _file_key(master: bytes, salt: bytes) -> bytes:
    return derived_key(master + salt, "backup")
