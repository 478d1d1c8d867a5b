"""Drafts and receipts as the few statements a card needs, written out.

A card asks for its draft on each of its pages. Django's query builder spends several times longer
on such a statement than the database does, and the first minute somebody has with us should not
wait behind it. Portable SQL only; a test compares every column with the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

_OPEN = "SELECT sealed FROM listen_carddraft WHERE key = %s AND place_id = %s AND expires_at > %s"
_BEGIN = (
    "INSERT INTO listen_carddraft (key, organisation_id, place_id, sealed, expires_at)"
    " VALUES (%s, %s, %s, %s, %s)"
)
_KEEP = "UPDATE listen_carddraft SET sealed = %s WHERE key = %s"
_DROP_FILES = "DELETE FROM listen_draftfile WHERE draft_id = %s"
_DROP = "DELETE FROM listen_carddraft WHERE key = %s"
_RECEIPT = (
    "INSERT INTO listen_cardreceipt (key, comment_id, on_kiosk, by_email, expires_at)"
    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING"
)
_RECEIVED = (
    "SELECT c.place_id, c.reference, c.recorded_at, c.wants_reply, c.patient_id,"
    " r.on_kiosk, r.by_email"
    " FROM listen_cardreceipt r JOIN listen_comment c ON c.id = r.comment_id"
    " WHERE r.key = %s AND r.expires_at > %s"
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the last page of a sent card shows."""

    place_id: int
    reference: str
    recorded_at: datetime
    is_answered: bool
    on_kiosk: bool
    by_email: bool


def begin(key: str, organisation_id: int, place_id: int, sealed: str, until: datetime) -> None:
    """Keep a new draft."""
    _run(_BEGIN, key, organisation_id, place_id, sealed, _moment(until))


def opened(key: str, place_id: int, at: datetime) -> str | None:
    """The sealed answers of a draft that is not over."""
    row = _run(_OPEN, key, place_id, _moment(at))
    return row[0] if row else None


def keep(key: str, sealed: str) -> bool:
    """Replace the sealed answers; False when the draft is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [sealed, key])
        return int(cursor.rowcount) == 1


def drop(key: str, *, with_files: bool = True) -> None:
    """Forget a draft and its files."""
    if with_files:
        _run(_DROP_FILES, key)
    _run(_DROP, key)


def leave_receipt(
    key: str, comment_id: int, *, on_kiosk: bool, by_email: bool, until: datetime
) -> None:
    """Note that a card was sent; a second note changes nothing."""
    _run(_RECEIPT, key, comment_id, on_kiosk, by_email, _moment(until))


def received(key: str, at: datetime) -> Receipt | None:
    """The receipt of a sent card, for as long as it is kept."""
    row = _run(_RECEIVED, key, _moment(at))
    if row is None:
        return None
    place_id, reference, recorded_at, wants_reply, patient_id, on_kiosk, by_email = row
    return Receipt(
        place_id=place_id,
        reference=reference,
        recorded_at=_aware(recorded_at),
        is_answered=bool(wants_reply) and patient_id is not None,
        on_kiosk=bool(on_kiosk),
        by_email=bool(by_email),
    )


def _run(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if statement.startswith("SELECT") else None


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _aware(kept: datetime | str) -> datetime:
    """A moment as the driver gives it back: SQLite's is text in UTC, without a zone."""
    if isinstance(kept, datetime) and kept.tzinfo is not None:
        return kept
    return datetime.fromisoformat(str(kept)).replace(tzinfo=UTC)
