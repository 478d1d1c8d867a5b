"""Messages as files in ``sent/`` of the home folder, one file per message, never overwritten
by another: the demonstration's post box."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.conf import settings

from wellheard.channels.email.letter import letter
from wellheard.channels.outbox.transport import Accepted, Delivery, TransportError


def send_text(delivery: Delivery) -> Accepted:
    """A text message as ``<key>.txt``: the number, a blank line, the words."""
    return _write(delivery.key, "txt", f"To: {delivery.to}\n\n{delivery.text}\n".encode())


def send_mail(delivery: Delivery) -> Accepted:
    """An e-mail as ``<key>.eml``, byte for byte what a mail server would be given."""
    return _write(delivery.key, "eml", bytes(letter(delivery)))


def sent_folder() -> Path:
    """Where the files lie; made, readable by its owner alone, when it is missing."""
    folder = Path(settings.HOME) / "sent"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write(key: str, ending: str, content: bytes) -> Accepted:
    # The same key gives the same file: a repeated sending leaves one message, as a provider
    # that knows idempotency keys would.
    name = f"{re.sub(r'[^A-Za-z0-9._-]', '_', key)}.{ending}"
    try:
        _write_whole(sent_folder() / name, content)
    except OSError as error:
        raise TransportError(f"folder-{error.errno}", permanent=False) from error
    return Accepted(name)


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with open(part, "wb", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
