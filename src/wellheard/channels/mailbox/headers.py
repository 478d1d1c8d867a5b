"""Header values as text, however they were written."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.header import decode_header

# Marks that turn the direction of text would let a name pretend to be another.
_TURNING = dict.fromkeys(
    map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
)


def decoded(value: str) -> str:
    """The header in plain characters (RFC 2047); raw bytes in it are read as UTF-8."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, AssertionError):
        pieces = [(value, None)]
    return "".join(_piece(piece, charset) for piece, charset in pieces)


def one_line(value: str, longest: int) -> str:
    """The value on one line without control and direction characters."""
    plain = value.translate(_TURNING)
    kept = "".join(char if char.isprintable() else " " for char in plain)
    return " ".join(kept.split())[:longest].strip()


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return piece.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return piece.decode("utf-8", "replace")
