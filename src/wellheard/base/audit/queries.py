"""Reading and verifying the trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from wellheard.base.audit.models import AuditHead, AuditRow
from wellheard.base.audit.rules import Broken, Entry, first_broken
from wellheard.base.audit.trail import chain_key


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying one organisation's chain found."""

    organisation_id: int
    rows: int
    broken: Broken | None


def verify_chain(organisation_id: int) -> Verdict:
    """Walk the whole chain of one organisation, its head and its exported anchors."""
    head = AuditHead.objects.filter(organisation_id=organisation_id).first()
    end = (head.sequence, head.hash) if head else (0, "0" * 64)
    broken = first_broken(chain_key(), _entries(organisation_id), head=end)
    return Verdict(organisation_id, end[0], broken or _broken_anchor(organisation_id))


def verify_all() -> list[Verdict]:
    heads = set(AuditHead.objects.values_list("organisation_id", flat=True))
    rows = set(AuditRow.objects.values_list("organisation_id", flat=True).distinct())
    return [verify_chain(one) for one in sorted(heads | rows | set(_anchored()))]


def rows_about(organisation_id: int, object_kind: str, object_id: str) -> list[AuditRow]:
    return list(
        AuditRow.objects.filter(
            organisation_id=organisation_id, object_kind=object_kind, object_id=object_id
        ).order_by("sequence")
    )


def anchors_file() -> Path:
    """The file that outlives a replaced database: one signed head an hour, appended."""
    return Path(settings.HOME) / "audit-anchors.jsonl"


def _entries(organisation_id: int) -> Iterator[tuple[Entry, str]]:
    rows = AuditRow.objects.filter(organisation_id=organisation_id).order_by("sequence")
    for row in rows.iterator(chunk_size=5000):
        yield _entry(row), row.hash


def _entry(row: AuditRow) -> Entry:
    return Entry(
        row.organisation_id,
        row.sequence,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor_kind,
        row.actor_ref,
        row.action,
        row.object_kind,
        row.object_id,
        row.details,
    )


def _broken_anchor(organisation_id: int) -> Broken | None:
    for anchor in _anchors():
        if anchor["organisation_id"] != organisation_id or anchor["sequence"] == 0:
            continue
        row = AuditRow.objects.filter(
            organisation_id=organisation_id, sequence=anchor["sequence"]
        ).first()
        if row is None or row.hash != anchor["hash"]:
            taken = datetime.fromisoformat(anchor["at"]).date()
            return Broken(anchor["sequence"], f"differs from the anchor exported on {taken}")
    return None


def _anchored() -> set[int]:
    return {anchor["organisation_id"] for anchor in _anchors()}


def _anchors() -> list[dict[str, Any]]:
    try:
        lines = anchors_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines if line]
