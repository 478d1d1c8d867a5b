"""Letters as they read: parts, translation, and the finished text in the person's language."""

from __future__ import annotations

import json

from wellheard.resolve.complaints.models import Letter


def parts_of(letter: Letter) -> dict[str, str]:
    """The parts as they were written."""
    return _read(letter.parts)


def translation_of(letter: Letter) -> dict[str, str]:
    """The parts as they were translated; empty when they were not."""
    return _read(letter.translation)


def _read(sealed: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(sealed) if sealed else {}
    return found
