"""How well the answers to a survey hide who gave them: k-anonymity of what is kept with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Sum
from django.db.models.functions import TruncMonth

from wellheard.listen.invitations.models import MixedBatch, SealedAnswers
from wellheard.listen.invitations.vocabulary import mixed_from
from wellheard.listen.responses.models import Response
from wellheard.people.access.person import Person

KEPT = ("place_id", "month", "language", "mode", "age_band", "sex", "ethnicity", "payer")
FEW = 5
SHOWN_FROM = 10
Groups = Mapping[tuple[object, ...], int]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Of ``responses``, how many lie in groups of fewer than five who share everything that is
    kept; ``without``: the attribute that is left aside for this line ("": none). ``few`` is None
    when it is 1 to 9: it is not shown."""

    without: str
    responses: int
    groups: int
    few: int | None


def exposures(person: Person, code: str) -> list[Exposure]:
    """The exposure of what the person may see of a survey: as kept, then without each attribute."""
    rows = (
        Response.objects.visible_to(person)
        .filter(instrument=code)
        .annotate(month=TruncMonth("received_at"))
        .values_list(*KEPT)
        .annotate(many=Count("pk"))
    )
    return exposures_of({tuple(row[:-1]): int(row[-1]) for row in rows.order_by()}, KEPT)


def exposures_of(groups: Groups, names: Sequence[str]) -> list[Exposure]:
    """The same from counts: attributes to how many responses have just these."""
    lines = [_exposure("", groups)]
    for place, name in enumerate(names):
        merged: Counter[tuple[object, ...]] = Counter()
        for key, many in groups.items():
            merged[key[:place] + key[place + 1 :]] += many
        lines.append(_exposure(name, merged))
    return lines


def _exposure(without: str, groups: Groups) -> Exposure:
    few = sum(many for many in groups.values() if many < FEW)
    return Exposure(
        without, sum(groups.values()), len(groups), None if 0 < few < SHOWN_FROM else few
    )


@dataclass(frozen=True, slots=True)
class Promised:
    """What became of answers under a promise. ``waiting``: not gone on yet; ``few``: of them those
    beside too few of the same place, which somebody who holds our key too could guess until
    others come; ``gone`` in ``batches``; ``smallest``: how many at least share all that is kept
    beside one of them."""

    waiting: int
    few: int
    gone: int
    batches: int
    smallest: int


def promised(organisation_id: int, code: str) -> Promised | None:
    """The same of a survey, counted now; None where nothing was promised or nobody answered."""
    of = {"organisation_id": organisation_id, "instrument": code}
    waiting = SealedAnswers.objects.filter(**of).order_by().values_list("place")
    at_place = dict(waiting.annotate(many=Count("pk")))
    gone = MixedBatch.objects.filter(**of).aggregate(
        answers=Sum("answers"), batches=Count("pk"), smallest=Min("smallest")
    )
    if not at_place and not gone["batches"]:
        return None
    few = sum(many for many in at_place.values() if many < mixed_from())
    return Promised(
        sum(at_place.values()), few, gone["answers"] or 0, gone["batches"], gone["smallest"] or 0
    )
