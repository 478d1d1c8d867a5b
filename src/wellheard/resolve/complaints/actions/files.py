"""Files that come with a case: checked by content, cleaned, sealed."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.vault.sealing import seal, unseal
from wellheard.resolve.complaints.actions.changing import changing, step
from wellheard.resolve.complaints.models import CaseFile, CaseFileContent
from wellheard.resolve.complaints.rules.files import CheckedFile

_PURPOSE = "case-file"


def add_file(*, case_id: int, name: str, checked: CheckedFile, by: Actor, at: datetime) -> CaseFile:
    """Keep a checked file, sealed, with its case."""
    with changing(case_id, by=by, at=at) as (case, trail):
        row = step(
            CaseFile,
            case,
            by,
            at,
            name=name[:200],
            content_type=checked.content_type,
            size=len(checked.content),
            sha256=hashlib.sha256(checked.content).hexdigest(),
        )
        CaseFileContent.objects.create(file=row, sealed=sealed_bytes(checked.content))
        trail.write("case.file_added", case, file=row.pk, size=row.size)
    return row


def sealed_bytes(content: bytes) -> bytes:
    """Bytes as they are kept."""
    return base64.b64decode(seal(base64.b64encode(content).decode(), _PURPOSE))


def opened_bytes(sealed: bytes) -> bytes:
    """The bytes that were sealed. Raises CannotUnseal when they were altered."""
    return base64.b64decode(unseal(base64.b64encode(sealed).decode(), _PURPOSE))


def file_bytes(file: CaseFile) -> bytes:
    """The content of one file. Raises CannotUnseal when it was altered."""
    return opened_bytes(bytes(CaseFileContent.objects.get(file=file).sealed))
