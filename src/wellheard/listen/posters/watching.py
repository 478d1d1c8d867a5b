"""Posters that hang unseen or lead nowhere: alarms that open and close by themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.cards.queries import Spot
from wellheard.listen.intake.models import Comment
from wellheard.listen.posters.models import PosterAlarm, PosterPrint
from wellheard.listen.posters.queries import words_version
from wellheard.listen.posters.rules import card_address
from wellheard.people.places.models import Organisation, Place, Touchpoint

# A poster is silent when so long a wait would have a chance under one in a hundred at its pace.
_UNLIKELY = 0.01
_FEWEST = 5
_LOOKED_BACK = timedelta(days=180)
# A place, and the touchpoint in it (None: the poster of the place itself); and what is wrong there.
Where = tuple[int, int | None]
Fault = tuple[int, int | None, str]


def note_print(spot: Spot, address: str, *, by: Actor, at: datetime) -> None:
    """Keep that a poster was printed; one row a day is enough."""
    with acting(by, at=at):
        what = {
            "place": spot.place,
            "touchpoint": spot.touchpoint,
            "address": address,
            "words_version": words_version(),
        }
        if not PosterPrint.objects.filter(**what, at__gt=at - timedelta(1)).exists():
            PosterPrint.objects.create(organisation_id=spot.place.organisation_id, **what, at=at)


def is_silent(cards: int, first: datetime, last: datetime, now: datetime) -> bool:
    """Whether no card for so long is beyond chance: ``cards`` came from ``first`` to ``last``.

    The pace is that of the time in which cards came; waits are taken as exponential.
    """
    if cards < _FEWEST or last <= first:
        return False
    usual_waits = (cards - 1) * ((now - last) / (last - first))
    return math.exp(-usual_waits) < _UNLIKELY


def watch_posters(organisation: Organisation, base: str, *, by: Actor, at: datetime) -> int:
    """Open and close the alarms of an organisation; how many opened. ``base``: our address."""
    wrong = _wrong(organisation, base, at)
    opened = 0
    with acting(by, at=at) as trail:
        known: set[Fault] = set()
        for alarm in PosterAlarm.objects.filter(organisation=organisation, closed_at=None):
            fault = (alarm.place_id, alarm.touchpoint_id, alarm.why)
            if fault in wrong:
                known.add(fault)
                continue
            alarm.closed_at = at
            alarm.save(update_fields=["closed_at"])
            trail.write("poster.in_order", alarm, why=alarm.why)
        for (place_id, touchpoint_id, why), last_at in wrong.items():
            if (place_id, touchpoint_id, why) not in known:
                alarm = PosterAlarm.objects.create(
                    organisation=organisation,
                    place_id=place_id,
                    touchpoint_id=touchpoint_id,
                    why=why,
                    last_at=last_at,
                    opened_at=at,
                )
                trail.write("poster.stale", alarm, why=why)
                trail.publish("listen.poster_stale", alarm_id=alarm.pk)
                opened += 1
    return opened


def _wrong(organisation: Organisation, base: str, at: datetime) -> Mapping[Fault, datetime | None]:
    """Each poster that needs a look, and the last card or print of it."""
    codes: dict[Where, str] = {
        (place.pk, None): place.code for place in Place.objects.of(organisation.pk).open()
    }
    touchpoints = Touchpoint.objects.open().filter(organisation=organisation)
    codes |= {(each.place_id, each.pk): each.code for each in touchpoints}
    return {**_silent(organisation, codes, at), **_outdated(organisation, codes, base)}


def _silent(
    organisation: Organisation, codes: Mapping[Where, str], at: datetime
) -> dict[Fault, datetime | None]:
    """Posters from which no card came for far longer than usual. A card of a touchpoint says
    nothing of the poster of its place, nor the other way round; one from a kiosk of neither."""
    since = at - _LOOKED_BACK
    cards = (
        Comment.objects.filter(organisation=organisation, source="card", mode="")
        .filter(received_at__gte=since, received_at__lte=at)
        .order_by()
        .values("place_id", "touchpoint_id")
        .annotate(cards=Count("pk"), first=Min("received_at"), last=Max("received_at"))
    )
    found: dict[Fault, datetime | None] = {}
    for row in cards:
        where = (row["place_id"], row["touchpoint_id"])
        if where in codes and is_silent(row["cards"], row["first"], row["last"], at):
            found[(*where, "silent")] = row["last"]
    return found


def _outdated(
    organisation: Organisation, codes: Mapping[Where, str], base: str
) -> dict[Fault, datetime | None]:
    """Posters whose newest print has another address or older words."""
    newest: dict[Where, PosterPrint] = {}
    for printed in PosterPrint.objects.filter(organisation=organisation).order_by("at", "pk"):
        newest[printed.place_id, printed.touchpoint_id] = printed
    found: dict[Fault, datetime | None] = {}
    for where, printed in newest.items():
        if where not in codes:
            continue
        if printed.address != card_address(base, codes[where]):
            found[(*where, "address")] = printed.at
        elif printed.words_version != words_version():
            found[(*where, "words")] = printed.at
    return found
