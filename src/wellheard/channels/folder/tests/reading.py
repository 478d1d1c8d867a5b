"""Reading what left into a folder."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

_LINK = re.compile(r"/en/s/[\w:\-]+/")


def words_in(folder: Path) -> list[str]:
    """The text of every message."""
    found = [
        message_from_bytes(each.read_bytes(), EmailMessage, policy=default)
        for each in sorted(folder.glob("*.eml"))
    ]
    bodies = [message.get_body() for message in found]
    return [str(body.get_content()) for body in bodies if isinstance(body, EmailMessage)]


def links_in(folder: Path) -> list[str]:
    """The survey links in them, in English."""
    return [link[0] for text in words_in(folder) if (link := _LINK.search(text))]
