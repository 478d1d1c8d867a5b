"""Reads for the card's pages: the place behind a code, a receipt, a followed comment."""

from __future__ import annotations

import time
from datetime import datetime

from wellheard.base.vault.sealing import digest
from wellheard.listen.cards.models import FollowLink
from wellheard.listen.cards.store import Receipt, received
from wellheard.listen.intake.models import Comment
from wellheard.people.places.models import Place
from wellheard.people.places.queries import place_by_code
from wellheard.people.places.rules import read_code

# A card asks for its place on each of its pages; a new name shows after this many seconds.
_KEPT_SECONDS = 60.0
_MOST_KEPT = 2_000
_places: dict[str, tuple[float, Place]] = {}


def card_place(code: str) -> Place | None:
    """The open place with this code, its site and organisation loaded; kept for a minute."""
    wanted = read_code(code)
    kept = _places.get(wanted)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    place = place_by_code(wanted)
    if place is None:
        _places.pop(wanted, None)
        return None
    if len(_places) >= _MOST_KEPT:
        _places.clear()
    _places[wanted] = (time.monotonic() + _KEPT_SECONDS, place)
    return place


def receipt(token: str, *, at: datetime) -> Receipt | None:
    """The receipt of a card that was sent with this token, for as long as it is kept."""
    return received(digest(token, "card"), at)


def followed_comment(secret: str) -> Comment | None:
    """The comment whose sender holds this secret."""
    link = (
        FollowLink.objects.select_related("comment__place__site", "comment__organisation")
        .filter(secret_digest=digest(secret, "follow"))
        .first()
    )
    return link.comment if link else None
