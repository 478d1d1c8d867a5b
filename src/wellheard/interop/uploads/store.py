"""Where an uploaded file lies until it is imported: sealed, outside the database, for a day."""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from wellheard.base.vault.sealing import seal, unseal

_PURPOSE = "import upload"


class FileGoneError(Exception):
    """The file was imported, swept away, or never came."""


def keep(token: str, data: bytes) -> None:
    """Write a file, readable by this installation only."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / token
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(seal(base64.b64encode(data).decode(), _PURPOSE))


def fetch(token: str) -> bytes:
    """The file's bytes. Raises FileGoneError."""
    try:
        return base64.b64decode(unseal((_folder() / token).read_text("ascii"), _PURPOSE))
    except FileNotFoundError as error:
        raise FileGoneError from error


def drop(token: str) -> None:
    """Remove a file; one that is not there is already removed."""
    with contextlib.suppress(FileNotFoundError):
        (_folder() / token).unlink()


def drop_others(tokens: Iterable[str], *, before: float) -> int:
    """Remove files that are not of ``tokens`` and were written before (seconds). How many."""
    kept, gone = set(tokens), 0
    for path in _folder().glob("*"):
        if path.name not in kept and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folder() -> Path:
    return Path(settings.FILES) / "imports"
