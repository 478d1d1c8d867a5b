"""Writing the trail: one atomic unit of work, its audit rows and its events together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditHead, AuditRow
from wellheard.base.audit.rules import Entry, link
from wellheard.base.events.publishing import publish
from wellheard.base.tables.single import insert_one
from wellheard.base.vault.keys import derived_key

Subject = models.Model | tuple[str, str]

# Every action asks for its chain's head and moves it on: written out, as Django's query builder
# takes longer over them than the database.
_HEAD = "SELECT sequence, hash FROM base_audithead WHERE organisation_id = %s"
_MOVE_HEAD = "UPDATE base_audithead SET sequence = %s, hash = %s WHERE organisation_id = %s"
_FEW = 5


@dataclass(slots=True)
class Trail:
    """The open unit of work: what it writes is kept with it, or not at all."""

    by: Actor
    at: datetime
    _head: AuditHead
    _rows: list[AuditRow] = field(default_factory=list)

    def write(self, action: str, subject: Subject, **details: Any) -> None:
        """Note one act. ``details``: ids, codes and counts; never a patient's words or address."""
        kind, key = named(subject)
        self._chain(
            Entry(
                self.by.organisation_id,
                self._head.sequence + 1,
                _iso(self.at),
                self.by.kind,
                self.by.ref,
                action,
                kind,
                key,
                details,
            )
        )

    def write_many(
        self, action: str, subjects: Iterable[tuple[Subject, Mapping[str, Any]]]
    ) -> None:
        for subject, details in subjects:
            self.write(action, subject, **details)

    def publish(self, name: str, **ids: int | str) -> None:
        """Say that something happened; whoever reacts is called after this unit is kept."""
        publish(name, organisation_id=self.by.organisation_id, at=self.at, ids=ids)

    def _chain(self, entry: Entry) -> None:
        self._head.hash = link(chain_key(), self._head.hash, entry)
        self._head.sequence = entry.sequence
        self._rows.append(
            AuditRow(
                organisation_id=entry.organisation_id,
                sequence=entry.sequence,
                at=self.at,
                actor_kind=entry.actor_kind,
                actor_ref=entry.actor_ref,
                action=entry.action,
                object_kind=entry.object_kind,
                object_id=entry.object_id,
                details=entry.details,
                hash=self._head.hash,
            )
        )

    def _keep(self) -> None:
        if not self._rows:
            return
        if len(self._rows) <= _FEW:
            for row in self._rows:
                insert_one(row)
        else:
            AuditRow.objects.bulk_create(self._rows, batch_size=1000)
        with connection.cursor() as cursor:
            head = self._head
            cursor.execute(_MOVE_HEAD, [head.sequence, head.hash, head.organisation_id])


@contextmanager
def acting(by: Actor, *, at: datetime) -> Iterator[Trail]:
    """One unit of work for ``by`` at ``at``: everything inside is kept together or not at all.

    The organisation's chain head is locked first, always: writers of one organisation queue in
    one order, which keeps the chain straight and makes a deadlock between two actions
    impossible. An inner ``acting`` of the same organisation joins the outer unit and keeps the
    outer one's chain, but notes its own actor and moment.
    """
    outer: list[Trail] = _open_trails()
    joined = next((t for t in outer if t.by.organisation_id == by.organisation_id), None)
    if joined is not None and connection.in_atomic_block:
        with transaction.atomic():
            mark = (len(joined._rows), joined._head.sequence, joined._head.hash)
            inner = Trail(by, at, joined._head, joined._rows)
            try:
                yield inner
            except BaseException:
                # what the inner unit noted goes with what it wrote
                del joined._rows[mark[0] :]
                joined._head.sequence, joined._head.hash = mark[1], mark[2]
                raise
        return
    with transaction.atomic():
        trail = Trail(by, at, _locked_head(by.organisation_id))
        outer.append(trail)
        try:
            yield trail
            trail._keep()
        finally:
            outer.remove(trail)


def record_read(by: Actor, subject: Subject, *, at: datetime, **details: Any) -> None:
    """Note that ``by`` looked at a patient's data."""
    with acting(by, at=at) as trail:
        trail.write("read", subject, **details)


def named(subject: Subject) -> tuple[str, str]:
    """("room.model", key) of a row, or the pair that was given."""
    if isinstance(subject, models.Model):
        return subject._meta.label_lower, str(subject.pk)
    return subject


@cache
def chain_key() -> bytes:
    return derived_key(settings.VAULT_MASTER_KEY, "audit-chain")


def _locked_head(organisation_id: int) -> AuditHead:
    lock = connection.features.has_select_for_update
    with connection.cursor() as cursor:
        # SQLite needs no lock of a row: the open transaction holds the only write lock.
        cursor.execute(_HEAD + (" FOR UPDATE" if lock else ""), [organisation_id])
        found = cursor.fetchone()
    if found is None:
        AuditHead.objects.get_or_create(organisation_id=organisation_id)
        return AuditHead.objects.select_for_update().get(organisation_id=organisation_id)
    return AuditHead(organisation_id, *found)


def _open_trails() -> list[Trail]:
    # Kept on the connection, which belongs to one thread, as the transaction itself does.
    trails: list[Trail] | None = getattr(connection, "wellheard_trails", None)
    if trails is None:
        trails = []
        setattr(connection, "wellheard_trails", trails)  # noqa: B010  (mypy knows no such attribute)
    return trails


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
