"""How often the answers of a month have changed: what tells a copy of them that it is stale."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Min

from wellheard.listen.responses.models import AnswerMonth, ResponseQuerySet
from wellheard.listen.responses.rules import local_month, months_between

# Written out: every single response comes through here.
_ONE_MORE = (
    "UPDATE listen_answermonth SET changes = changes + 1 WHERE organisation_id = %s AND month = %s"
)


def note_changes(organisation_id: int, months: Collection[int]) -> None:
    """Count one change in each month, in the transaction of the change itself."""
    for month in sorted(months):
        with connection.cursor() as cursor:
            cursor.execute(_ONE_MORE, [organisation_id, month])
            is_known = cursor.rowcount == 1
        if not is_known:
            _first_change(organisation_id, month)


def changes_of(organisation_id: int, months: Iterable[int] | None = None) -> dict[int, int]:
    """How often each month's answers have changed; a month that is not named never did."""
    known = AnswerMonth.objects.filter(organisation_id=organisation_id)
    if months is not None:
        known = known.filter(month__in=list(months))
    return dict(known.values_list("month", "changes"))


def months_of(responses: ResponseQuerySet, zone: str) -> list[int]:
    """Every month that some of ``responses`` may lie in; perhaps some more between them."""
    found: set[int] = set()
    sites = responses.order_by().values_list("site__zone")
    for site_zone, first, last in sites.annotate(first=Min("received_at"), last=Max("received_at")):
        found.update(_spanned(first, last, site_zone or zone))
    return sorted(found)


def _spanned(first: datetime, last: datetime, zone: str) -> list[int]:
    return months_between(local_month(first, zone), local_month(last, zone))


def _first_change(organisation_id: int, month: int) -> None:
    try:
        with transaction.atomic():
            AnswerMonth.objects.create(organisation_id=organisation_id, month=month, changes=1)
    except IntegrityError:  # somebody else was first
        AnswerMonth.objects.filter(organisation_id=organisation_id, month=month).update(
            changes=F("changes") + 1
        )
