"""Invitations as the few statements that answering needs, written out.

Every page of a survey asks for its invitation, and every answer changes it. Django's query builder
spends several times longer on such a statement than the database does. Portable SQL only; a test
compares every column with the model.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from wellheard.listen.invitations import halves
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.surveys.instruments import Instrument, instrument
from wellheard.people.places.models import Place

COLUMNS = (
    "id",
    "organisation_id",
    "place_id",
    "touchpoint_id",
    "patient_id",
    "instrument",
    "version",
    "mode",
    "language",
    "key",
    "progress",
    "turn",
    "resume_key",
    "ended_as",
    "anonymous",
    "words_apart",
    "idle_seconds",
    "age_band",
    "sex",
    "seed",
    "made_at",
    "expires_at",
    "opened_at",
    "device",
    "last_item",
    "begun_at",
    "finished_at",
    "response_id",
)
_MOMENTS = ("made_at", "expires_at", "opened_at", "begun_at", "finished_at")
_FIND = (
    f"SELECT {', '.join(COLUMNS)} FROM listen_invitation"  # noqa: S608  (only our own names)
    " WHERE key = %s OR resume_key = %s"
)
_HOLD = f"SELECT {', '.join(COLUMNS)} FROM listen_invitation WHERE id = %s"  # noqa: S608
_OPENED = (
    "UPDATE listen_invitation SET opened_at = %s, device = %s WHERE id = %s AND opened_at IS NULL"
)
_FINISH = (
    "UPDATE listen_invitation SET progress = '', finished_at = %s, response_id = %s WHERE id = %s"
)
_COMPLETE = "SELECT complete FROM listen_response WHERE id = %s"
_KEEP = (
    "UPDATE listen_invitation SET progress = %s, begun_at = %s, last_item = %s, turn = %s"
    " WHERE id = %s AND finished_at IS NULL AND turn = %s"
)
# Every page asks for its place; a new name shows after this many seconds.
_KEPT_SECONDS = 60.0
_MOST_KEPT = 2_000
_places: dict[int, tuple[float, Place]] = {}


def found(key: str) -> Invitation | None:
    """The invitation of a link, or of the code that was given to go on elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [key, key])
        row = cursor.fetchone()
        if row is None and (behind := halves.invitation_of(key)):
            cursor.execute(_HOLD, [behind])
            row = cursor.fetchone()
    return None if row is None else _read(row)


def held(pk: int) -> Invitation:
    """The invitation as it is now, locked until the open transaction ends."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD + lock, [pk])
        row = cursor.fetchone()
    if row is None:
        raise Invitation.DoesNotExist
    return _read(row)


def note_opened(pk: int, device: str, at: datetime) -> None:
    """Note the first opening; a later one changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, [connection.ops.adapt_datetimefield_value(at), device, pk])


def finish(pk: int, response_id: int, at: datetime) -> None:
    """Note the response that the answers became; the link keeps nothing of them."""
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, [moment, response_id, pk])


def is_complete(response_id: int) -> bool:
    """Whether a response was sent as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE, [response_id])
        row = cursor.fetchone()
    return bool(row and row[0])


def _read(row: tuple[Any, ...]) -> Invitation:
    values = dict(zip(COLUMNS, row, strict=True))
    for name in _MOMENTS:
        values[name] = _aware(values[name])
    sealed: Any = Invitation._meta.get_field("progress")
    values["progress"] = sealed.from_db_value(values["progress"], None, connection)
    invitation = Invitation(**values)
    invitation.anonymous = bool(invitation.anonymous)
    invitation._state.adding = False
    invitation._state.db = "default"
    invitation.place = _place(invitation.place_id)
    invitation.organisation = invitation.place.organisation
    return invitation


def opened(invitation: Invitation, secret: str) -> Invitation:
    """The invitation with its progress readable: what was promised to be anonymous can be read
    only while somebody holds the link. With another secret there is no progress."""
    return halves.take_draft(invitation, secret) if invitation.anonymous else invitation


def keep(invitation: Invitation, progress: str, *, item: str, begun_at: datetime) -> bool:
    """Replace the progress; False when it was sent, or somebody kept something since."""
    if invitation.anonymous:
        return halves.keep_draft(invitation, progress)
    sealed: Any = Invitation._meta.get_field("progress")
    values = [
        sealed.get_prep_value(progress),
        connection.ops.adapt_datetimefield_value(begun_at),
        item,
        invitation.turn + 1,
        invitation.pk,
        invitation.turn,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        return int(cursor.rowcount) == 1


@lru_cache(maxsize=256)
def sent_instrument(organisation_id: int, code: str, version: int) -> Instrument:
    """A version that was sent out: it never changes. Raises NoInstrumentError."""
    return instrument(code, version, organisation_id=organisation_id)


def forget_kept() -> None:
    """Forget the places and instruments that are kept in memory."""
    _places.clear()
    sent_instrument.cache_clear()


def _place(place_id: int) -> Place:
    kept = _places.get(place_id)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    place = Place.objects.select_related("site", "organisation").get(pk=place_id)
    if len(_places) >= _MOST_KEPT:
        _places.clear()
    _places[place_id] = (time.monotonic() + _KEPT_SECONDS, place)
    return place


def _aware(kept: datetime | str | None) -> datetime | None:
    """A moment as the driver gives it back: SQLite's is text in UTC, without a zone."""
    if kept is None or (isinstance(kept, datetime) and kept.tzinfo is not None):
        return kept
    return datetime.fromisoformat(str(kept)).replace(tzinfo=UTC)
