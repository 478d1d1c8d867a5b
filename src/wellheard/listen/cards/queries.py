"""Reads for the card's pages: the spot behind a code, a receipt, a followed comment."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from wellheard.base.vault.sealing import digest
from wellheard.listen.cards.models import FollowLink
from wellheard.listen.cards.store import Receipt, received
from wellheard.listen.intake.models import Comment
from wellheard.people.places.models import Place, Touchpoint
from wellheard.people.places.queries import place_by_code, touchpoint_by_code
from wellheard.people.places.rules import read_code

# A card asks for its place on each of its pages; a new name shows after this many seconds.
_KEPT_SECONDS = 60.0
_MOST_KEPT = 2_000
_spots: dict[str, tuple[float, Spot]] = {}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a card is filled in: a place, or one touchpoint in it."""

    place: Place
    touchpoint: Touchpoint | None = None

    @property
    def code(self) -> str:
        return self.touchpoint.code if self.touchpoint else self.place.code

    @property
    def name(self) -> str:
        spot = self.touchpoint
        return f"{spot.name} · {self.place.name}" if spot else self.place.name


def card_spot(code: str) -> Spot | None:
    """The open place or touchpoint with this code, all of it loaded; kept for a minute."""
    wanted = read_code(code)
    kept = _spots.get(wanted)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    spot = _spot(wanted)
    if spot is None:
        _spots.pop(wanted, None)
        return None
    if len(_spots) >= _MOST_KEPT:
        _spots.clear()
    _spots[wanted] = (time.monotonic() + _KEPT_SECONDS, spot)
    return spot


def _spot(code: str) -> Spot | None:
    place = place_by_code(code)
    if place is not None:
        return Spot(place)
    touchpoint = touchpoint_by_code(code)
    return Spot(touchpoint.place, touchpoint) if touchpoint else None


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
