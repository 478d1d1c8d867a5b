"""Cases for programs: read within one's reach, add notes, close under the same rules as people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from wellheard.base.audit.trail import acting, record_read
from wellheard.people.access.person import Person
from wellheard.resolve.complaints.actions.changing import (
    CaseClosedError,
    NotAllowedError,
    StaleCaseError,
)
from wellheard.resolve.complaints.actions.closing import NotReadyToCloseError, close_case
from wellheard.resolve.complaints.actions.working import add_note
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.facts import missing_to_close
from wellheard.resolve.complaints.queries.filters import STATUSES, CaseFilter, cases_for
from wellheard.resolve.complaints.queries.follow_up import words_of_clock
from wellheard.resolve.complaints.queries.register import totals
from wellheard.resolve.complaints.rules.words import EmptyWordsError, TooManyWordsError

router = Router(tags=["cases"])
MOST = 200
# No larger number is an id in either database.
_Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ClockOut(Schema):
    """Something that is due. `due_at` is the first moment that is too late."""

    code: str
    clause: str
    words: str
    due_at: datetime
    late: bool


class CaseOut(Schema):
    """A case without its words."""

    id: int
    reference: str
    kind: str
    klass: str
    tier: str
    status: str
    channel: str
    language: str
    place: int | None
    owner: int
    received_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    next_due_at: datetime | None
    version: int


class MissingOut(Schema):
    """What stands between a case and its closure, and the rule that asks for it."""

    check: str
    clause: str
    says: str


class WholeCaseOut(CaseOut):
    """A case with what was said in it, its clocks and what is missing to close it."""

    said: list[str]
    clocks: list[ClockOut]
    missing: list[MissingOut]


class CasesOut(Schema):
    """A page of cases; `next` is the offset to go on with."""

    total: int
    items: list[CaseOut]
    next: int | None


class TotalOut(Schema):
    """How many cases share one value."""

    code: str
    label: str
    count: int


class TotalsOut(Schema):
    """The register counted; equal to the list with the same filter."""

    cases: int
    by_place: list[TotalOut]
    by_class: list[TotalOut]
    by_tier: list[TotalOut]
    by_status: list[TotalOut]


class NoteIn(Schema):
    """A note of the team; it can be amended, never altered."""

    words: str = Field(min_length=1, max_length=20_000)


class ClosureIn(Schema):
    """How a case ends. `version` is the one that was read; an older one is refused with 409."""

    reason: str = Field(max_length=24)
    satisfied: str = Field(default="unknown", pattern="^(yes|no|unknown)$")
    why: str = Field(default="", max_length=5000)
    version: int | None = Field(default=None, ge=0, le=2**31 - 1)


class Done(Schema):
    """That something was done."""

    id: int
    at: datetime


class Refusal(Schema):
    """Why something was not done."""

    detail: str
    missing: list[MissingOut] = []


class Filter(Schema):
    """The same filter as the inbox."""

    status: str = Field(default="open", pattern=f"^({'|'.join(STATUSES)})$")
    owner: str = Field(default="", pattern="^(|me|nobody|[0-9]{1,18})$")
    due: str = Field(default="", pattern="^(|soon|late)$")
    tier: str = Field(default="", max_length=16)
    kind: str = Field(default="", max_length=16)
    klass: str = Field(default="", max_length=16)
    place: str = Field(default="", pattern="^(|[0-9]{1,18})$")
    theme: str = Field(default="", max_length=60)
    language: str = Field(default="", max_length=16)


@router.get("", response=CasesOut, summary="Cases")
def list_cases(
    request: HttpRequest,
    wanted: Query[Filter],
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    """The cases this person may see, in queue order, without their words."""
    person, now = _person(request, "case.read"), timezone.now()
    cases = cases_for(person, CaseFilter(**wanted.dict()), now).in_queue_order()
    total = cases.count()
    with acting(person.actor, at=now) as trail:
        trail.write("read", ("case_list", "api"), count=total)
    items = [_case(one, now) for one in cases[offset : offset + limit]]
    following = offset + limit if offset + limit < total else None
    return {"total": total, "items": items, "next": following}


@router.get("/totals", response=TotalsOut, summary="The register counted")
def show_totals(request: HttpRequest, wanted: Query[Filter]) -> dict[str, Any]:
    """How many cases, by place, class, tier and status; each matter once."""
    person, now = _person(request, "case.read"), timezone.now()
    found = totals(person, CaseFilter(**wanted.dict()), now)
    parts = ("by_place", "by_class", "by_tier", "by_status")
    rows = {name: [_total(row) for row in getattr(found, name)] for name in parts}
    return {"cases": found.cases, **rows}


@router.get("/{case_id}", response=WholeCaseOut, summary="One case")
def show_case(request: HttpRequest, case_id: _Id) -> dict[str, Any]:
    """One case with its words; the look is audited like any other."""
    person, now = _person(request, "case.read"), timezone.now()
    case = _case_or_404(person, case_id)
    record_read(person.actor, case, at=now)
    return {
        **_case(case, now),
        "said": [row.comment.text for row in case.said.select_related("comment")],
        "clocks": [
            {
                "code": clock.code,
                "clause": clock.clause,
                "words": words_of_clock(clock, case, now),
                "due_at": clock.due_at,
                "late": now >= clock.due_at,
            }
            for clock in case.clocks.running()
        ],
        "missing": [_missing(item) for item in missing_to_close(case, now)] if case.is_open else [],
    }


@router.post("/{case_id}/notes", response={200: Done, 400: Refusal}, summary="Add a note")
def create_note(request: HttpRequest, case_id: _Id, note: NoteIn) -> Status[dict[str, Any]]:
    """Add a note to a case."""
    person, now = _person(request, "case.work"), timezone.now()
    case = _case_or_404(person, case_id, "case.work")
    try:
        kept = add_note(case_id=case.pk, words=note.words, by=person.actor, at=now)
    except (EmptyWordsError, TooManyWordsError) as error:
        return Status(400, {"detail": str(error)})
    return Status(200, {"id": kept.pk, "at": kept.at})


@router.post(
    "/{case_id}/closure",
    response={200: Done, 400: Refusal, 409: Refusal},
    summary="Close a case",
)
def create_closure(
    request: HttpRequest, case_id: _Id, closure: ClosureIn
) -> Status[dict[str, Any]]:
    """Close a case; refused with what is missing, or with 409 when somebody was faster."""
    person, now = _person(request, "case.close"), timezone.now()
    case = _case_or_404(person, case_id, "case.close")
    try:
        row = close_case(
            case_id=case.pk,
            reason=closure.reason,
            satisfied=closure.satisfied,
            why=closure.why,
            seen=closure.version,
            by=person.actor,
            at=now,
        )
    except NotReadyToCloseError as error:
        missing = [_missing(item) for item in error.missing]
        return Status(400, {"detail": "The case may not close yet.", "missing": missing})
    except NotAllowedError as error:
        return Status(400, {"detail": error.says})
    except CaseClosedError:
        return Status(409, {"detail": "The case is closed."})
    except StaleCaseError as error:
        return Status(409, {"detail": f"The case has changed; it is at version {error.version}."})
    return Status(200, {"id": row.pk, "at": row.at})


def _person(request: HttpRequest, permission: str) -> Person:
    person: Person | None = getattr(request, "person", None)
    if person is None:
        raise HttpError(401, "Sign in, or send a token.")
    if not person.may(permission):
        raise PermissionDenied(permission)
    return person


def _case_or_404(person: Person, case_id: int, permission: str = "") -> Case:
    mine = Case.objects.visible_to(person).select_related(
        "site", "place", "organisation", "patient"
    )
    case = mine.filter(pk=case_id).first()
    if case is None:
        raise Http404
    if permission and not person.may(permission, place_id=case.place_id, case_id=case.pk):
        raise PermissionDenied(permission)
    return case


_PLAIN = (
    "reference",
    "kind",
    "klass",
    "tier",
    "channel",
    "language",
    "received_at",
    "acknowledged_at",
    "answered_at",
    "closed_at",
    "next_due_at",
    "version",
)


def _case(case: Case, now: datetime) -> dict[str, Any]:
    return {name: getattr(case, name) for name in _PLAIN} | {
        "id": case.pk,
        "status": case.status(now),
        "place": case.place_id,
        "owner": case.owner_id,
    }


def _missing(item: Any) -> dict[str, str]:
    return {"check": item.check, "clause": item.clause, "says": item.says}


def _total(row: Any) -> dict[str, Any]:
    return {"code": row.code, "label": row.label, "count": row.count}
