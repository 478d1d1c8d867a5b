"""Files that come with a complaint: known by content, harmless, cleaned."""

from __future__ import annotations

import pytest

from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.resolve.complaints.rules.files import check_file

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


def test_plain_pdf_is_taken() -> None:
    assert check_file(PDF).content_type == "application/pdf"


@pytest.mark.parametrize(
    "inside",
    [
        b"/JavaScript",
        b"/JS (app.alert)",
        b"/Launch",
        b"/EmbeddedFile",
        b"/J#61vaScript",
        b"/#4c#61unch",
    ],
)
def test_pdf_that_runs_or_carries_something_is_refused(inside: bytes) -> None:
    with pytest.raises(FileRefusedError) as refused:
        check_file(PDF.replace(b"/Catalog", b"/Catalog " + inside + b" "))
    assert refused.value.why == "active"


def test_harmless_name_that_begins_alike_is_taken() -> None:
    assert (
        check_file(PDF.replace(b"/Catalog", b"/Catalog /JSX 1")).content_type == "application/pdf"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 program", "kind"),
        (b"<html><script>", "kind"),
        (b"PK\x03\x04 zip", "kind"),
        (b"%PDF-1.4 cut off", "kind"),
        (b"%PDF-1.4" + b" " * 10_000_001 + b"%%EOF", "large"),
    ],
)
def test_what_is_not_a_picture_recording_or_pdf_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        check_file(content)
    assert refused.value.why == why
