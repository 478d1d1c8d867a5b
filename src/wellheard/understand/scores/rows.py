"""Answers person by person, for models that need several answers of the same person.

Rows never leave this room: what is made of them passes the disclosure rules before it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from wellheard.listen.responses.models import Response
from wellheard.understand.facts.slices import Month, Period

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of more, the newest are read: intervals hardly change beyond, and a page must answer.
MOST_ROWS = 20_000
WHO = ("language", "age_band", "sex", "ethnicity", "payer")


@dataclass(frozen=True, slots=True)
class Rows:
    """Column by column: ids, sites, places (0: none named), who answered, and answers (NaN: none).

    ``cut``: there were more, and only the newest are here.
    """

    ids: NDArray[np.int64]
    sites: NDArray[np.int64]
    places: NDArray[np.int64]
    who: Mapping[str, NDArray[np.str_]]
    answers: Mapping[str, NDArray[np.float64]]
    cut: bool

    @property
    def n(self) -> int:
        return len(self.ids)


def read_rows(
    organisation_id: int,
    instrument: str,
    items: Iterable[str],
    period: Period,
    *,
    site_id: int | None = None,
    most: int = MOST_ROWS,
    known_at: datetime | None = None,
) -> Rows:
    """Answers to ``items`` (codes within the instrument) received in the whole months, by id.

    ``known_at``: only what had been recorded by then, so that a result can be made again.
    """
    import numpy as np

    codes = tuple(items)
    responses = Response.objects.filter(
        within(period), organisation_id=organisation_id, instrument=instrument
    )
    if site_id is not None:
        responses = responses.filter(site_id=site_id)
    if known_at is not None:
        responses = responses.filter(recorded_at__lte=known_at)
    columns = ("pk", "site_id", "place_id", *WHO, "answers")
    read = list(responses.order_by("-received_at", "-pk").values_list(*columns)[: most + 1])
    rows = sorted(read[:most], key=lambda row: row[0])
    return Rows(
        ids=np.array([row[0] for row in rows], np.int64),
        sites=np.array([row[1] or 0 for row in rows], np.int64),
        places=np.array([row[2] or 0 for row in rows], np.int64),
        who={name: np.array([row[3 + i] for row in rows], np.str_) for i, name in enumerate(WHO)},
        answers={
            code: np.array([_number(row[-1].get(code)) for row in rows], np.float64)
            for code in codes
        },
        cut=len(read) > most,
    )


def within(period: Period) -> Q:
    """Received in the whole months, by the day as it is kept (UTC)."""
    return Q(received_at__gte=_moment(period.start), received_at__lt=_moment(period.stop))


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


def _number(answer: object) -> float:
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    return float(answer) if is_number else float("nan")  # type: ignore[arg-type]  # just asked
