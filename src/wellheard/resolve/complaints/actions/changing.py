"""Changing a case: locked, checked against what the person saw, its copies brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Min

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.models.step import Step

AnyStep = TypeVar("AnyStep", bound=Step)


class StaleCaseError(Exception):
    """Somebody changed the case since it was read. `version` is where it stands now."""

    def __init__(self, case_id: int, version: int) -> None:
        super().__init__(f"case {case_id} is at version {version}")
        self.case_id = case_id
        self.version = version


class CaseClosedError(Exception):
    """The case is closed; reopen it first."""


class NotAllowedError(Exception):
    """A rule of the house stands against it; `says` tells the person why."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


@contextmanager
def changing(
    case_id: int, *, by: Actor, at: datetime, seen: int | None = None
) -> Iterator[tuple[Case, Trail]]:
    """One change of one case of the actor's organisation; not to be nested for the same case.

    `seen` is the version the person had before them. Of two who change what both saw, the first
    wins and the second gets StaleCaseError: the organisation's lock makes them come one by one.
    Raises Case.DoesNotExist.
    """
    with acting(by, at=at) as trail:
        mine = Case.objects.select_related("site", "place", "organisation", "patient")
        case = mine.select_for_update(of=("self",)).get(
            pk=case_id, organisation_id=by.organisation_id
        )
        if seen is not None and seen != case.version:
            raise StaleCaseError(case.pk, case.version)
        yield case, trail
        case.version += 1
        if by.kind == "staff" and case.taken_at is None:
            case.taken_at = at
        case.next_due_at = _next_due(case)
        case.save()


def step(model: type[AnyStep], case: Case, by: Actor, at: datetime, **fields: Any) -> AnyStep:
    """Add one step row."""
    row = model(
        organisation_id=case.organisation_id,
        case=case,
        at=at,
        by_kind=by.kind,
        by_ref=by.ref,
        by_name=by.name[:200],
        **fields,
    )
    row.save(force_insert=True)
    return row


def must_be_open(case: Case) -> None:
    """Raise CaseClosedError for a closed case."""
    if not case.is_open:
        raise CaseClosedError(case.reference)


def _next_due(case: Case) -> datetime | None:
    if not case.is_open:
        return None
    found: datetime | None = case.clocks.running().aggregate(due=Min("due_at"))["due"]
    return found
