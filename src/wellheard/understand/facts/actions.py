"""Writing facts: what was answered, tidied once, and written again whenever that is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.listen.responses.rules import zone_named
from wellheard.understand.facts.bulk import FactRow, insert_facts
from wellheard.understand.facts.models import Fact, FactStore
from wellheard.understand.facts.rules import answered, card_mode, device_of
from wellheard.understand.facts.sources import CARD_ITEM

AT_ONCE = 5_000
_RESPONSE = (
    "pk", "organisation_id", "place_id", "received_at", "site__zone", "organisation__zone",
    "instrument", "version", "answers", "touchpoint_id", "mode", "language", "age_band",
    "sex", "ethnicity", "payer",
)  # fmt: skip
_CARD = (
    "pk", "organisation_id", "place_id", "received_at", "site__zone", "organisation__zone",
    "rating", "touchpoint_id", "source", "mode", "language",
)  # fmt: skip
_CARD_SOURCES = (Comment.Source.CARD, Comment.Source.PAPER)
_CARD_SCALE = 5


def write_facts(response_ids: Sequence[int]) -> int:
    """Write the facts of these responses, in place of any they had. How many.

    An organisation that is counted from files needs none: its months are written whole.
    """
    in_files = FactStore.objects.values("organisation_id")
    responses = (
        Response.objects.filter(pk__in=response_ids)
        .exclude(organisation_id__in=in_files)
        .values_list(*_RESPONSE)
    )
    with transaction.atomic():
        Fact.objects.filter(response_id__in=response_ids).delete()
        rows = [fact for response in responses.iterator(AT_ONCE) for fact in _facts_of(response)]
        insert_facts(rows)
    return len(rows)


def write_card_facts(comment_ids: Sequence[int]) -> int:
    """Write the marks given on these cards; a copy of another card counts for nothing."""
    cards = Comment.objects.filter(
        pk__in=comment_ids,
        source__in=_CARD_SOURCES,
        rating__isnull=False,
        rating_max=_CARD_SCALE,
        duplicate_of=None,
        response=None,
    ).values_list(*_CARD)
    with transaction.atomic():
        Fact.objects.filter(comment_id__in=comment_ids).delete()
        rows = [_fact_of_card(card) for card in cards.iterator(AT_ONCE)]
        insert_facts(rows)
    return len(rows)


def rebuild_facts(organisation_id: int) -> int:
    """Write every row of an organisation again from what was received. How many.

    One that is counted from files has rows for its cards only (store.rebuild_files does the rest).
    """
    responses = Response.objects.filter(organisation_id=organisation_id).order_by("pk")
    cards = Comment.objects.filter(organisation_id=organisation_id, source__in=_CARD_SOURCES)
    with transaction.atomic():
        Fact.objects.filter(organisation_id=organisation_id).delete()
        written = sum(map(write_facts, in_chunks(responses.values_list("pk", flat=True))))
        marks = cards.order_by("pk").values_list("pk", flat=True)
        return written + sum(map(write_card_facts, in_chunks(marks)))


def in_chunks(ids: Iterable[int], size: int = AT_ONCE) -> Iterator[list[int]]:
    """The ids in lists of at most ``size``."""
    rest = iter(ids)
    while chunk := list(islice(rest, size)):
        yield chunk


def _facts_of(response: tuple[Any, ...]) -> Iterator[FactRow]:
    pk, organisation, place, received_at, *rest = response
    site_zone, zone, instrument, version, answers, spot, mode, *who = rest
    device = device_of(mode)
    month, day = _when(received_at, site_zone or zone)
    for code, value in answered(answers):
        item = f"{instrument}.{code}"
        yield (organisation, place, pk, None, item, version, value, month, day, spot, *device, *who)


def _fact_of_card(card: tuple[Any, ...]) -> FactRow:
    pk, organisation, place, received_at, site_zone, zone, rating, *rest = card
    spot, source, mode, language = rest
    month, day = _when(received_at, site_zone or zone)
    who = (spot, *device_of(card_mode(source, mode)), language, "", "", "", "")
    return (organisation, place, None, pk, CARD_ITEM, 1, int(rating), month, day, *who)


def _when(received_at: datetime, zone: str) -> tuple[int, Any]:
    """(yyyymm, day as the database takes it) on the calendar of the place."""
    day = received_at.astimezone(zone_named(zone)).date()
    return day.year * 100 + day.month, connection.ops.adapt_datefield_value(day)
