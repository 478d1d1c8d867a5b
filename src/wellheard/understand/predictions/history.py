"""Reading an organisation's own history in the shape the models learn from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models

from wellheard.people.places.models import Organisation
from wellheard.people.visits.models import Visit
from wellheard.understand.concerns.models import Concern
from wellheard.understand.predictions.models import ConcernFate
from wellheard.understand.predictions.rules import (
    GRIEVANCE_FEATURES,
    NO_SHOW_FEATURES,
    Appointment,
    History,
    Telling,
    booked_ahead,
    grievance_example,
    no_show_examples,
)
from wellheard.understand.themes.models import CommentReading, ThemeLabel

_ENDED = {
    Visit.Status.FINISHED: False,
    Visit.Status.ARRIVED: False,
    Visit.Status.NO_SHOW: True,
}
_COLUMNS = (
    "pk", "person_key", "patient_id", "kind", "booked_at", "scheduled_at", "status", "age_band",
    "sex", "ethnicity", "language", "payer",
)  # fmt: skip


def appointments(organisation_id: int, *, until: datetime) -> list[Appointment]:
    """Booked appointments scheduled before ``until``, oldest first; cancelled ones are none."""
    rows = Visit.objects.filter(
        organisation_id=organisation_id,
        booked_at__isnull=False,
        scheduled_at__lt=until,
        status__in=[*_ENDED, Visit.Status.PLANNED],
    )
    wanted = rows.order_by("scheduled_at", "pk").values(*_COLUMNS)
    return [_appointment(row) for row in wanted.iterator(chunk_size=5000)]


def _appointment(row: dict[str, Any]) -> Appointment:
    who = row["person_key"] or (f"patient {row['patient_id']}" if row["patient_id"] else "")
    return Appointment(
        row["pk"],
        who,
        row["kind"],
        row["booked_at"],
        row["scheduled_at"],
        _ENDED.get(row["status"]),
        {name: row[name] for name in ("age_band", "sex", "ethnicity", "language", "payer")},
    )


def no_show_history(organisation_id: int, *, until: datetime) -> History:
    """Appointments with a known end before ``until``."""
    zone = Organisation.objects.get(pk=organisation_id).zone
    seen = appointments(organisation_id, until=until)
    pairs = zip(seen, no_show_examples(seen, zone), strict=True)
    ended = [(each, example) for each, example in pairs if each.missed is not None]
    return History(
        kind="no_show",
        features=NO_SHOW_FEATURES,
        examples=[example for _, example in ended],
        outcome=[bool(each.missed) for each, _ in ended],
        who=[each.who for each, _ in ended],
        groups=_groups([each.groups for each, _ in ended]),
        reachable=[booked_ahead(each) for each, _ in ended],
        first_day=f"{ended[0][0].scheduled_at:%Y-%m-%d}" if ended else "",
        last_day=f"{ended[-1][0].scheduled_at:%Y-%m-%d}" if ended else "",
    )


def grievance_history(organisation_id: int, *, until: datetime) -> History:
    """Concerns whose fate was known before ``until``, as they stood when they were found."""
    fates = ConcernFate.objects.filter(organisation_id=organisation_id, known_at__lt=until)
    known = dict(fates.values_list("comment_id", "became_grievance"))
    rows = Concern.objects.filter(organisation_id=organisation_id, comment_id__in=known)
    told = [each for each in tellings(rows, known=known, now=None) if each.became is not None]
    return History(
        kind="grievance",
        features=GRIEVANCE_FEATURES,
        examples=[grievance_example(each) for each in told],
        outcome=[bool(each.became) for each in told],
        who=[each.who for each in told],
        groups=_groups([each.groups for each in told]),
        reachable=[True for _ in told],
        first_day=f"{told[0].received_at:%Y-%m-%d}" if told else "",
        last_day=f"{told[-1].received_at:%Y-%m-%d}" if told else "",
    )


def tellings(
    concerns: models.QuerySet[Concern], *, known: dict[int, bool], now: datetime | None
) -> list[Telling]:
    """Concerns with what was read from their comments, oldest first.

    ``now`` counts the days of waiting; without it, those until the concern was found.
    """
    rows = list(concerns.select_related("comment").order_by("comment__received_at", "pk"))
    ids = [row.comment_id for row in rows]
    read = dict(
        CommentReading.objects.filter(comment_id__in=ids).values_list("comment_id", "sentiment")
    )
    themes: dict[int, list[str]] = {}
    labels = ThemeLabel.objects.filter(comment_id__in=ids, holds=True)
    for comment_id, theme in labels.values_list("comment_id", "theme"):
        themes.setdefault(comment_id, []).append(theme)
    return [_telling(row, read, themes, known, now or row.found_at) for row in rows]


def _telling(
    row: Concern,
    read: dict[int, int | None],
    themes: dict[int, list[str]],
    known: dict[int, bool],
    until: datetime,
) -> Telling:
    comment = row.comment
    return Telling(
        pk=row.pk,
        who=f"patient {comment.patient_id}" if comment.patient_id else "",
        tier=row.tier,
        sentiment=read.get(row.comment_id),
        wants_reply=comment.wants_reply,
        source=comment.source,
        days_waiting=max(0, (until - comment.received_at).days),
        themes=tuple(sorted(set(themes.get(row.comment_id, ())))),
        received_at=comment.received_at,
        became=known.get(row.comment_id),
        groups={"language": comment.language},
    )


def _groups(each: Sequence[Any]) -> dict[str, list[str]]:
    names = each[0] if each else {}
    return {name.replace("_", " "): [row[name] for row in each] for name in names}
