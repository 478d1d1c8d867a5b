"""Posters that hang unseen or lead nowhere: alarms that open and close by themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Count, Max

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment
from wellheard.listen.posters.models import PosterAlarm, PosterPrint
from wellheard.listen.posters.queries import words_version
from wellheard.listen.posters.rules import card_address
from wellheard.people.places.models import Organisation, Place

# A poster is silent when so long a wait would have a chance under one in a hundred at its pace.
_UNLIKELY = 0.01
_FEWEST = 5
_LOOKED_BACK = timedelta(days=180)


def note_print(place: Place, address: str, *, by: Actor, at: datetime) -> None:
    """Keep that a poster was printed; one row a day is enough."""
    with acting(by, at=at):
        same = PosterPrint.objects.filter(
            place=place, address=address, words_version=words_version(), at__gt=at - timedelta(1)
        )
        if not same.exists():
            PosterPrint.objects.create(
                organisation_id=place.organisation_id,
                place=place,
                address=address,
                words_version=words_version(),
                at=at,
            )


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
        known: set[tuple[int, str]] = set()
        for alarm in PosterAlarm.objects.filter(organisation=organisation, closed_at=None):
            if (alarm.place_id, alarm.why) in wrong:
                known.add((alarm.place_id, alarm.why))
                continue
            alarm.closed_at = at
            alarm.save(update_fields=["closed_at"])
            trail.write("poster.in_order", alarm, why=alarm.why)
        for (place_id, why), last_at in wrong.items():
            if (place_id, why) not in known:
                alarm = PosterAlarm.objects.create(
                    organisation=organisation,
                    place_id=place_id,
                    why=why,
                    last_at=last_at,
                    opened_at=at,
                )
                trail.write("poster.stale", alarm, why=why)
                trail.publish("listen.poster_stale", alarm_id=alarm.pk)
                opened += 1
    return opened


def _wrong(
    organisation: Organisation, base: str, at: datetime
) -> Mapping[tuple[int, str], datetime | None]:
    """(place, why) to the last card of it, for each poster that needs a look."""
    places = {place.pk: place for place in Place.objects.of(organisation.pk).open()}
    since = at - _LOOKED_BACK
    cards = (
        Comment.objects.filter(organisation=organisation, source="card", place_id__in=places)
        .filter(received_at__gte=since, received_at__lte=at)
        .order_by()
        .values("place_id")
        .annotate(cards=Count("pk"), last=Max("received_at"))
    )
    found: dict[tuple[int, str], datetime | None] = {}
    for row in cards:
        place_id, last = row["place_id"], row["last"]
        known_since = max(since, _first_card(place_id, since))
        if is_silent(row["cards"], known_since, last, at):
            found[place_id, "silent"] = last
    newest: dict[int, PosterPrint] = {}
    for printed in PosterPrint.objects.filter(place_id__in=places).order_by("at", "pk"):
        newest[printed.place_id] = printed
    for place_id, printed in newest.items():
        if printed.address != card_address(base, places[place_id].code):
            found[place_id, "address"] = printed.at
        elif printed.words_version != words_version():
            found[place_id, "words"] = printed.at
    return found


def _first_card(place_id: int, since: datetime) -> datetime:
    cards = Comment.objects.filter(place_id=place_id, source="card", received_at__gte=since)
    first = cards.order_by("received_at").values_list("received_at", flat=True).first()
    return first or since
