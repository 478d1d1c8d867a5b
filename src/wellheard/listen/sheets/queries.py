"""What waits, what came back, what it became."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from wellheard.listen.sampling.models import ModeStep
from wellheard.listen.sampling.queries import work_list
from wellheard.listen.sheets.models import Sheet, SheetCheck, SheetQuerySet, SheetRun
from wellheard.people.access.person import Person

SCAN = "sheet.scan"
PRINT = "sheet.print"


@dataclass(frozen=True, slots=True)
class Returns:
    """Sheets of a run or of all runs: printed, come back, counted, and not (or not yet)."""

    printed: int
    came: int
    counted: int
    late: int
    second: int
    waiting: int


def returns(sheets: SheetQuerySet) -> Returns:
    """How many came back and what became of them."""
    found = sheets.order_by().aggregate(
        printed=Count("pk"),
        came=Count("pk", filter=Q(came_at__isnull=False)),
        counted=Count("pk", filter=Q(outcome="counted")),
        late=Count("pk", filter=Q(outcome="late")),
        second=Count("pk", filter=Q(outcome__in=["second", "not_eligible"])),
        waiting=Count("pk", filter=Q(came_at__isnull=False, finished_at=None)),
    )
    return Returns(**found)


def sheets_of(person: Person, permission: str = SCAN) -> SheetQuerySet:
    """The sheets a person may work on."""
    return Sheet.objects.visible_to(person, permission)


def runs_of(person: Person) -> QuerySet[SheetRun]:
    """Print runs with a sheet this person may work on, newest first."""
    mine = sheets_of(person).order_by().values("run_id")
    return SheetRun.objects.filter(organisation_id=person.organisation_id, pk__in=mine)


def open_checks(person: Person) -> QuerySet[SheetCheck]:
    """What this person may look at next: not settled, and not keyed by them."""
    mine = sheets_of(person).order_by().values("pk")
    return (
        SheetCheck.objects.filter(
            organisation_id=person.organisation_id, settled_at=None, sheet__in=mine
        )
        .exclude(keyings__by_id=person.user_id)
        .select_related("sheet__run", "sheet__place", "sheet__organisation")
        .order_by("pk")
    )


def due_steps(person: Person, *, now: datetime) -> list[ModeStep]:
    """Drawn people of this person's places who are due to be asked on paper."""
    steps = work_list(person.organisation_id, "paper", now=now)
    places = person.places(PRINT)
    if places is not None:
        steps = steps.filter(member__place_id__in=places)
    return list(steps.select_related("member__wave__plan", "organisation")[:2000])
