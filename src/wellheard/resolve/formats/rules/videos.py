"""Which recordings we take, pure: told by their content, never by their name."""

from __future__ import annotations

from wellheard.listen.intake.rules.files import FileRefusedError, read_file

_MP4 = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash")
_MATROSKA = b"\x1aE\xdf\xa3"


def read_video(content: bytes, *, most: int) -> str:
    """The type of a video that browsers play. Raises FileRefusedError: empty, kind, large."""
    if not content:
        raise FileRefusedError("empty")
    if len(content) > most:
        raise FileRefusedError("large")
    if content[4:8] == b"ftyp" and content[8:12] in _MP4:
        return "video/mp4"
    if content.startswith(_MATROSKA) and b"webm" in content[:64]:
        return "video/webm"
    raise FileRefusedError("kind")


def read_sound(content: bytes, *, most: int) -> str:
    """The type of a sound recording. Raises FileRefusedError."""
    if len(content) > most:
        raise FileRefusedError("large")
    found = read_file(content)
    if found.kind != "voice":
        raise FileRefusedError("kind")
    return found.content_type


def byte_range(said: str, size: int) -> tuple[int, int] | None:
    """First and last byte of "bytes=first-last"; None for the whole or what is not understood.

    Raises ValueError when the range lies outside.
    """
    unit, _equals, span = said.strip().partition("=")
    first, dash, last = span.partition("-")
    if unit != "bytes" or not dash or "," in span or not (first or last).isdecimal():
        return None
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last), size - 1) if last.isdecimal() else size - 1
    if begin > end or begin >= size:
        raise ValueError("outside")
    return begin, end
