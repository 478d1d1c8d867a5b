"""One filter for the inbox, the register and its totals: what it means is written once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q

from wellheard.listen.intake.rules.references import tidy_reference
from wellheard.measures.clocks import start_of_day
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints.models import Case, CaseName, Issue
from wellheard.resolve.complaints.models.case import CaseQuerySet
from wellheard.resolve.complaints.queries.names import digests_of
from wellheard.understand.themes.models import ThemeLabel

SOON = timedelta(hours=48)
STATUSES = (
    "open",
    "new",
    "acknowledged",
    "answered",
    "reopened",
    "snoozed",
    "closed",
    "withdrawn",
    "any",
)
_FEWEST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What somebody wants to see. "" means: no matter. Dates are days of receipt, half-open."""

    status: str = "open"
    owner: str = ""
    due: str = ""
    tier: str = ""
    kind: str = ""
    klass: str = ""
    place: str = ""
    site: str = ""
    theme: str = ""
    language: str = ""
    outcome: str = ""
    category: str = ""
    severity: str = ""
    stage: str = ""
    since: str = ""
    until: str = ""
    q: str = ""

    def to_query(self, **changes: str) -> str:
        """The filter as an address, with changes; only what differs from the default."""
        changed = replace(self, **changes)
        default = CaseFilter()
        pairs = [
            (field.name, getattr(changed, field.name))
            for field in fields(changed)
            if getattr(changed, field.name) != getattr(default, field.name)
        ]
        return urlencode(pairs)

    @property
    def narrowed(self) -> dict[str, str]:
        """What is set beyond the default."""
        default = CaseFilter()
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value != getattr(default, name)}


def read_filter(given: Mapping[str, Any]) -> CaseFilter:
    """The filter in an address; what cannot be read is left out."""
    known = {field.name for field in fields(CaseFilter)}
    said = {name: str(given.get(name, "")).strip()[:200] for name in known if name in given}
    if said.get("status", "open") not in STATUSES:
        del said["status"]
    return CaseFilter(**said)


def cases_for(
    person: Person, wanted: CaseFilter, now: datetime, *, base: CaseQuerySet | None = None
) -> CaseQuerySet:
    """The cases this person may see that the filter means."""
    cases = (base if base is not None else Case.objects.all()).visible_to(person)
    conditions = [
        _status(wanted.status, now),
        _owner(wanted.owner, person),
        _due(wanted.due, now),
        _search(wanted.q, person),
        _period(wanted.since, wanted.until, person.organisation_id),
        _issues(wanted),
        _theme(wanted.theme),
    ]
    plain = {name: value for name in ("tier", "kind", "klass") if (value := getattr(wanted, name))}
    for condition in conditions:
        cases = cases.filter(condition)
    for name in ("place", "site"):
        if (value := getattr(wanted, name)).isdigit():
            plain[f"{name}_id"] = value
    if wanted.language:
        cases = cases.filter(
            Q(language=wanted.language) | Q(language__startswith=f"{wanted.language}-")
        )
    return cases.filter(**plain)


def _status(status: str, now: datetime) -> Q:
    is_open, awake = (
        Q(closed_at__isnull=True),
        Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now),
    )
    active = is_open & awake
    meaning: dict[str, Callable[[], Q]] = {
        "open": lambda: active,
        "new": lambda: active & Q(acknowledged_at=None, answered_at=None, reopened_at=None),
        "acknowledged": lambda: (
            active & Q(acknowledged_at__isnull=False, answered_at=None, reopened_at=None)
        ),
        "answered": lambda: active & Q(answered_at__isnull=False),
        "reopened": lambda: active & Q(reopened_at__isnull=False, answered_at=None),
        "snoozed": lambda: is_open & Q(snoozed_until__gt=now),
        "closed": lambda: Q(closed_at__isnull=False) & ~Q(ending="withdrawn"),
        "withdrawn": lambda: Q(closed_at__isnull=False, ending="withdrawn"),
        "any": Q,
    }
    return meaning[status]()


def _owner(owner: str, person: Person) -> Q:
    if owner == "me":
        return Q(owner_id=person.user_id)
    if owner == "nobody":
        return Q(taken_at__isnull=True)
    return Q(owner_id=int(owner)) if owner.isdigit() else Q()


def _due(due: str, now: datetime) -> Q:
    if due == "late":
        return Q(next_due_at__lte=now)
    return Q(next_due_at__lte=now + SOON) if due == "soon" else Q()


def _search(words: str, person: Person) -> Q:
    """By reference, by the words of a name, or by what was said."""
    if not words:
        return Q()
    found = Q(reference=tidy_reference(words))
    digests = digests_of(person.organisation_id, words)
    if digests:
        named = CaseName.objects.filter(case=OuterRef("pk"))
        by_name = Q()
        for one in digests:
            by_name &= Q(Exists(named.filter(digest=one)))
        found |= by_name
    if len(words) >= _FEWEST_LETTERS:
        found |= Q(said__comment__text__icontains=words)
    ids = Case.objects.of(person.organisation_id).filter(found).values("pk")
    return Q(pk__in=ids)


def _period(since: str, until: str, organisation_id: int) -> Q:
    """Days of receipt in the organisation's own zone: from the start of one to the start of one."""
    if not since and not until:
        return Q()
    zone = Organisation.objects.values_list("zone", flat=True).get(pk=organisation_id)
    condition = Q()
    if (first := _day(since, zone)) is not None:
        condition &= Q(received_at__gte=first)
    if (last := _day(until, zone)) is not None:
        condition &= Q(received_at__lt=last)
    return condition


def _day(text: str, zone: str) -> datetime | None:
    try:
        return start_of_day(date.fromisoformat(text), zone=zone)
    except ValueError:
        return None


def _issues(wanted: CaseFilter) -> Q:
    plain = {name: value for name in ("category", "stage") if (value := getattr(wanted, name))}
    if wanted.severity.isdigit():
        plain["severity"] = wanted.severity
    if wanted.outcome:
        plain["outcomes__outcome"] = wanted.outcome
    if not plain:
        return Q()
    return Q(Exists(Issue.objects.filter(case=OuterRef("pk"), **plain)))


def _theme(theme: str) -> Q:
    if not theme:
        return Q()
    labels = ThemeLabel.objects.filter(comment=OuterRef("comment"), theme=theme, holds=True)
    return Q(Exists(labels))
