"""What of a sender's words is kept: all a person can have meant, nothing a machine slipped in."""

from __future__ import annotations

import re

LONGEST = 50_000
_INVISIBLE = re.compile(
    # control characters but tab and newline; lone surrogates; byte-order marks
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]"
)
_BLANK_LINES = re.compile(r"\n{4,}")


class TooLongError(ValueError):
    """A text is longer than may be kept. Holds the lengths, never the text."""

    def __init__(self, length: int, longest: int = LONGEST) -> None:
        super().__init__(f"{length} characters where {longest} may be kept")
        self.length, self.longest = length, longest


def read_words(raw: str, *, longest: int = LONGEST) -> str:
    """The words as kept: one kind of line end, no invisible control characters, trimmed.

    Emoji, joiners, direction marks and mark-up characters are the sender's own and stay.
    Raises TooLongError.
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = _BLANK_LINES.sub("\n\n\n", _INVISIBLE.sub("", text)).strip()
    if len(text) > longest:
        raise TooLongError(len(text), longest)
    return text


def read_line(raw: str, *, longest: int) -> str:
    """A short text on one line, cut to ``longest`` characters."""
    if not raw:
        return ""
    return " ".join(_INVISIBLE.sub(" ", raw).split())[:longest].strip()
