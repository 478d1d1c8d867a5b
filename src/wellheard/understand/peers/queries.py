"""Our figures beside those of our peers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Month, Period, Where
from wellheard.understand.peers.models import Peer, PeerPack
from wellheard.understand.peers.rules import (
    WHOLE,
    Pack,
    PeerFigure,
    Placed,
    beside,
    definition_digest,
    read_pack,
)
from wellheard.understand.scores.queries import measures, score
from wellheard.understand.scores.rules import Measure


@dataclass(frozen=True, slots=True)
class Comparison:
    """One of our figures with each peer's of the same period, counted the same way."""

    own: PeerFigure
    peers: tuple[Placed, ...]


def figures_of(organisation_id: int, period: Period) -> Iterator[PeerFigure]:
    """Every measure of the whole organisation and of each kind of place, where enough answered.

    ``period`` in whole quarters. Every figure is a sum of groups that may each be shown, so no
    difference of two figures tells of fewer people than the policy allows.
    """
    kinds = dict(Place.Kind.choices)
    for what in measures(organisation_id, on=period.stop.first_day).values():
        if (figure := _figure(organisation_id, what, period, WHOLE, None)) is not None:
            yield figure
        for kind in kinds:
            mine = Place.objects.of(organisation_id).filter(kind=kind)
            ids = frozenset(mine.values_list("pk", flat=True))
            where = Where(places=ids)
            if ids and (figure := _figure(organisation_id, what, period, kind, where)):
                yield figure


def _figure(
    organisation_id: int, what: Measure, period: Period, scope: str, where: Where | None
) -> PeerFigure | None:
    found = score(organisation_id, what, period, where)
    if found is None or found.n < load_policy().minimum_group:
        return None
    return PeerFigure(
        measure=what.code,
        title=what.title,
        definition=definition_digest(what.item, what.statistic, what.best, what.worst, what.scale),
        statistic=what.statistic,
        scope=scope,
        n=found.n,
        estimate=round(found.estimate, 6),
        low=round(found.low, 6),
        high=round(found.high, 6),
        level=found.level,
        method=found.method,
        adjustment=found.adjustment,
    )


def peers_of(organisation_id: int) -> list[Peer]:
    """Peers we take packs from, by name."""
    return list(
        Peer.objects.filter(organisation_id=organisation_id, ended_at=None).order_by("name")
    )


def packs_of(organisation_id: int) -> list[PeerPack]:
    """Every pack taken in, newest period first."""
    rows = PeerPack.objects.filter(organisation_id=organisation_id).select_related("peer")
    return list(rows.order_by("-start_on", "peer__name", "-made_on", "-pk"))


def periods_of(packs: Iterable[PeerPack]) -> list[tuple[date, date]]:
    """The periods that peers told us about, newest first."""
    found = {(pack.start_on, pack.stop_on) for pack in packs if pack.peer.ended_at is None}
    return sorted(found, reverse=True)


def compare(
    organisation_id: int, packs: Iterable[PeerPack], start: date, stop: date, scope: str = WHOLE
) -> list[Comparison]:
    """Our figures of exactly this period beside the newest pack of each peer for it."""
    newest = _newest(packs, start, stop)
    period = Period(Month.containing(start), Month.containing(stop))
    ours = [own for own in figures_of(organisation_id, period) if own.scope == scope]
    return [Comparison(own, tuple(beside(own, newest))) for own in ours]


def _newest(packs: Iterable[PeerPack], start: date, stop: date) -> dict[str, Pack]:
    mine = [
        pack
        for pack in packs
        if (pack.start_on, pack.stop_on) == (start, stop) and pack.peer.ended_at is None
    ]
    found: dict[str, Pack] = {}
    for pack in sorted(mine, key=lambda each: (each.made_on, each.pk)):
        found[pack.peer.name] = read_pack(pack.data.encode())
    return dict(sorted(found.items()))
