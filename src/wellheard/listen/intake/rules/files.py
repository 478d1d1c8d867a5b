"""Photos and voice notes: known by their content, never by their name; nothing hidden is kept.

A telephone writes where it was (and its own serial number) into every photo. Those segments are
left out before the photo is kept: JPEG application segments (ITU-T T.81 annex B) and PNG
ancillary text chunks (W3C PNG, third edition).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

PHOTO_LARGEST = 10_000_000
VOICE_LARGEST = 15_000_000
_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_HIDDEN_CHUNKS = {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"}
# RIFF, ISO media, Ogg, Matroska/WebM, MP3: (offset, bytes, content type)
_VOICES = (
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
)
_Cleaner = Callable[[bytes], bytes]
_AUDIO_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"isom", b"mp41", b"3gp4", b"3gp5", b"3gp6")


class FileRefusedError(ValueError):
    """A file that cannot be kept; ``why`` is "kind", "large" or "empty"."""

    def __init__(self, why: str) -> None:
        super().__init__(f"file refused: {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Received:
    """A checked file: what it is, and the bytes that may be kept."""

    kind: str
    content_type: str
    content: bytes


def read_file(content: bytes) -> Received:
    """The photo or voice note in these bytes. Raises FileRefusedError."""
    if not content:
        raise FileRefusedError("empty")
    if content.startswith(_JPEG):
        return _photo("image/jpeg", content, _without_segments)
    if content.startswith(_PNG):
        return _photo("image/png", content, _without_chunks)
    content_type = _voice_type(content)
    if content_type is None:
        raise FileRefusedError("kind")
    if len(content) > VOICE_LARGEST:
        raise FileRefusedError("large")
    return Received("voice", content_type, content)


def _photo(content_type: str, content: bytes, clean: _Cleaner) -> Received:
    if len(content) > PHOTO_LARGEST:
        raise FileRefusedError("large")
    try:
        return Received("photo", content_type, clean(content))
    except (struct.error, IndexError) as error:
        raise FileRefusedError("kind") from error


def _voice_type(content: bytes) -> str | None:
    if content[4:8] == b"ftyp":
        return "audio/mp4" if content[8:12] in _AUDIO_BRANDS else None
    for offset, mark, content_type in _VOICES:
        if content[offset : offset + len(mark)] == mark:
            return content_type
    return None


def _without_segments(content: bytes) -> bytes:
    """A JPEG without APP1-APP15 and comments: no position, no device, no thumbnail.

    APP0 (the picture's density) stays, and APP14, without which colours may come out wrong.
    """
    kept, at = [content[:2]], 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xDA:
            kept.append(content[at:])
            return b"".join(kept)
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        hidden = marker == 0xFE or (0xE1 <= marker <= 0xEF and marker != 0xEE)
        if not hidden:
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    raise IndexError("no picture follows the segments")


def _without_chunks(content: bytes) -> bytes:
    """A PNG without text, time and Exif chunks."""
    kept, at = [content[:8]], 8
    while at < len(content):
        length, name = struct.unpack(">I4s", content[at : at + 8])
        if name not in _HIDDEN_CHUNKS:
            kept.append(content[at : at + 12 + length])
        at += 12 + length
        if name == b"IEND":
            return b"".join(kept)
    raise IndexError("the picture has no end")
