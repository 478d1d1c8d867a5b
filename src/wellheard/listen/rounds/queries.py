"""How far rounds reach: beds seen of the beds there are, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wellheard.listen.rounds.models import Bed, Round
from wellheard.listen.rounds.prompts import prompts
from wellheard.people.places.models import Place


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one place in the last days: beds seen at least once, beds, and rounds by outcome."""

    place: Place
    seen: int
    beds: int
    rounds: int
    fixed: int
    assigned: int
    thanked: int


def coverage(places: Sequence[Place], *, now: datetime) -> list[Coverage]:
    """For each place, in the order given."""
    since = now - timedelta(days=prompts().coverage_days)
    beds = Counter(
        Bed.objects.filter(place__in=places, removed_at=None).values_list("place_id", flat=True)
    )
    rounds = Round.objects.filter(place__in=places, at__gt=since, at__lte=now)
    outcomes = Counter(rounds.values_list("place_id", "outcome"))
    seen = Counter(
        place_id
        for place_id, _ in set(
            rounds.filter(bed__removed_at=None, bed__isnull=False).values_list("place_id", "bed_id")
        )
    )
    return [
        Coverage(
            place,
            seen[place.pk],
            beds[place.pk],
            sum(outcomes[place.pk, each] for each in Round.Outcome.values),
            outcomes[place.pk, "fixed"],
            outcomes[place.pk, "assigned"],
            outcomes[place.pk, "thanked"],
        )
        for place in places
    ]


def last_rounds(place: Place) -> dict[int, datetime]:
    """The moment of the newest round at each bed."""
    rounds = Round.objects.filter(place=place, bed__isnull=False).order_by("at")
    return {bed_id: at for bed_id, at in rounds.values_list("bed_id", "at") if bed_id is not None}
