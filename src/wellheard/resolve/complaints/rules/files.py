"""Which files we take with a complaint: pictures, recordings and harmless PDF, by their content."""

from __future__ import annotations

from dataclasses import dataclass

from wellheard.listen.intake.rules.files import FileRefusedError, read_file

PDF_LARGEST = 10_000_000
MOST_FILES = 5
# A document has no need of these; a PDF that runs or carries something is refused.
_ACTIVE = (
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/EmbeddedFile",
    b"/RichMedia",
    b"/XFA",
    b"/SubmitForm",
    b"/ImportData",
)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept: what it is, and its bytes without hidden data."""

    content_type: str
    content: bytes


def check_file(content: bytes) -> CheckedFile:
    """The file in these bytes. Raises FileRefusedError: empty, kind, large, or active."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    received = read_file(content)
    return CheckedFile(received.content_type, received.content)


def _pdf(content: bytes) -> CheckedFile:
    if len(content) > PDF_LARGEST:
        raise FileRefusedError("large")
    if b"%%EOF" not in content[-2048:]:
        raise FileRefusedError("kind")
    if _names_something_active(content):
        raise FileRefusedError("active")
    return CheckedFile("application/pdf", content)


def _names_something_active(content: bytes) -> bool:
    # PDF lets any letter of a name be written as #xx, which hides it from a plain search.
    plain = content
    for code in range(0x2D, 0x7B):
        plain = plain.replace(b"#%02x" % code, bytes([code])).replace(
            b"#%02X" % code, bytes([code])
        )
    return any(_ends_a_name(plain, name) for name in _ACTIVE)


def _ends_a_name(content: bytes, name: bytes) -> bool:
    at = content.find(name)
    while at >= 0:
        after = content[at + len(name) : at + len(name) + 1]
        if not after.isalnum():
            return True
        at = content.find(name, at + 1)
    return False
