"""Which files of a mail may be kept, by what they are: their first bytes and their name agree."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from wellheard.channels.mailbox.codec import Part
from wellheard.channels.mailbox.limits import MailRules

# (first bytes at an offset, what it is, endings a name may have)
_KINDS: tuple[tuple[int, bytes, str, frozenset[str]], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg", frozenset({"jpg", "jpeg", "jpe", "jfif"})),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", frozenset({"png"})),
    (0, b"%PDF-", "application/pdf", frozenset({"pdf"})),
    (4, b"ftyp", "audio/mp4", frozenset({"m4a", "mp4", "3gp"})),
    (0, b"OggS", "audio/ogg", frozenset({"ogg", "oga", "opus"})),
    (0, b"ID3", "audio/mpeg", frozenset({"mp3"})),
    (0, b"RIFF", "audio/wav", frozenset({"wav"})),
)
_PACKED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PK\x05\x06")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa")
_ZIP = b"PK\x03\x04"
_DANGEROUS = frozenset(
    [
        "exe",
        "scr",
        "com",
        "bat",
        "cmd",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "ps1",
        "msi",
        "dll",
        "jar",
        "lnk",
        "hta",
        "apk",
        "iso",
        "img",
        "html",
        "htm",
        "svg",
    ]
)
_OFFICE = {
    "docx": (
        "word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "odt": ("content.xml", "application/vnd.oasis.opendocument.text"),
}
_UNPACKED_MOST = 60_000_000
_ENTRIES_MOST = 500
# The EICAR test file, in two halves so that no scanner takes this page for it.
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass(frozen=True, slots=True)
class Judged:
    """``state``: kept, refused or quarantined; ``why``: a word for refused and quarantined."""

    state: str
    why: str = ""
    content_type: str = ""


def judge(parts: Sequence[Part], rules: MailRules) -> list[Judged]:
    """One verdict for each file of one mail, in order."""
    verdicts: list[Judged] = []
    total = kept = 0
    for part in parts:
        total += len(part.content)
        if kept >= rules.most_files:
            verdict = _suspicion(part) or Judged("refused", "too_many")
        elif len(part.content) > rules.largest_file or total > rules.largest_files:
            verdict = _suspicion(part) or Judged("refused", "too_large")
        else:
            verdict = judge_one(part)
        kept += verdict.state == "kept"
        verdicts.append(verdict)
    return verdicts


def judge_one(part: Part) -> Judged:
    """What this file is by its content, and whether its name says the same."""
    if found := _suspicion(part):
        return found
    content, ending = part.content, _ending(part.name)
    if content.startswith(_ZIP):
        return _office(content, ending)
    if content.startswith(_PACKED):
        return Judged("refused", "packed")
    for offset, mark, content_type, endings in _KINDS:
        if content[offset : offset + len(mark)] == mark:
            if ending and ending not in endings:
                return Judged("quarantined", "name_lies")
            return Judged("kept", content_type=content_type)
    if ending in ("txt", "") and part.content_type == "text/plain" and _is_text(content):
        return Judged("kept", content_type="text/plain")
    return Judged("refused", "kind")


def _suspicion(part: Part) -> Judged | None:
    if _EICAR in part.content[:4096]:
        return Judged("quarantined", "virus")
    if part.content.startswith(_PROGRAMS) or _ending(part.name) in _DANGEROUS:
        return Judged("quarantined", "program")
    return None


def _office(content: bytes, ending: str) -> Judged:
    """A text document is a packed folder of known shape; any other is not opened.

    Only the list of contents is read, nothing is unpacked.
    """
    if ending not in _OFFICE:
        return Judged("refused", "packed")
    inside, content_type = _OFFICE[ending]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return Judged("refused", "broken")
    names = {entry.filename.lower() for entry in entries}
    if inside not in names:
        return Judged("refused", "packed")
    if len(entries) > _ENTRIES_MOST or sum(e.file_size for e in entries) > _UNPACKED_MOST:
        return Judged("quarantined", "bomb")
    if any(name.endswith(("vbaproject.bin", ".exe", ".js", ".zip", ".jar")) for name in names):
        return Judged("quarantined", "program")
    return Judged("kept", content_type=content_type)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].strip().casefold() if "." in name else ""


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
