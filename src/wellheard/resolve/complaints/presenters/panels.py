"""One case as a line on another page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.presenters.badges import (
    Badge,
    DueBadge,
    first_due,
    status_badge,
)
from wellheard.resolve.complaints.queries.rulebook import pack_of


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What another page says about a case: never a word of it."""

    reference: str
    url: str
    klass: str
    place: str
    owner: str
    received_at: datetime
    status: Badge
    due: DueBadge | None


def line_of(case: Case, now: datetime) -> CaseLine:
    """The line of one case; its clocks should be prefetched."""
    return CaseLine(
        reference=case.reference,
        url=reverse("complaints:case", args=[case.pk]),
        klass=pack_of(case).class_label(case.klass),
        place=case.place.name if case.place else "",
        owner=case.owner.name,
        received_at=case.received_at,
        status=status_badge(case, now),
        due=first_due(list(case.clocks.all()), case, now) if case.is_open else None,
    )
