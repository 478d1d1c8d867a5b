"""The rules, priorities and policy that hold for an organisation, or for one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from wellheard.measures.clocks import zone_named
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.models import (
    Case,
    Delegation,
    HandlingPolicy,
    PriorityVersion,
    RulePackVersion,
)
from wellheard.resolve.complaints.rules.packs import RulePack, read_pack
from wellheard.resolve.complaints.rules.priority import PriorityModel, read_priority


@lru_cache(maxsize=256)
def _pack(version_id: int) -> RulePack:
    # Version rows never change, so what was read once stays true.
    return read_pack(RulePackVersion.objects.get(pk=version_id).data)


def pack_of(case: Case) -> RulePack:
    """The rules this case was opened under, whatever has changed since."""
    return _pack(case.pack_id)


def pack_in_force(organisation: Organisation, on: date) -> RulePackVersion | None:
    """The newest version of the organisation's pack that is effective; None when none is kept.

    For a day before the first version the first one holds: rules do not become unknown.
    """
    kept = RulePackVersion.objects.filter(organisation=organisation, pack=pack_code(organisation))
    effective = kept.filter(effective_from__lte=on).order_by("-number").first()
    return effective or kept.order_by("number").first()


def pack_code(organisation: Organisation) -> str:
    """The code of the pack for where the organisation works."""
    known = organisation.jurisdiction in rulebook.JURISDICTIONS
    return organisation.jurisdiction if known else rulebook.JURISDICTIONS[0]


def priority_in_force(organisation_id: int) -> PriorityModel:
    """The newest priority model of the organisation, else the shipped one."""
    newest = PriorityVersion.objects.filter(organisation_id=organisation_id).first()
    return _priority(newest.pk) if newest else _shipped_priority()


@lru_cache(maxsize=256)
def _priority(version_id: int) -> PriorityModel:
    return read_priority(PriorityVersion.objects.get(pk=version_id).data)


@lru_cache(maxsize=1)
def _shipped_priority() -> PriorityModel:
    return read_priority(rulebook.shipped("priority"))


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisation's written policy says; "" where it says nothing yet."""

    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    agency_name: str = ""
    agency_phone: str = ""
    agency_address: str = ""
    quality_name: str = ""
    quality_phone: str = ""
    advocacy_name: str = ""
    advocacy_phone: str = ""
    emergency: str = "911"
    decides_by: str = "governing_body"
    interim_days: int = 0

    @property
    def gaps(self) -> tuple[str, ...]:
        """What a patient must be told and the policy does not say."""
        needed = ("contact_name", "contact_phone", "agency_name", "agency_phone", "interim_days")
        return tuple(name for name in needed if not getattr(self, name))


def policy_in_force(organisation: Organisation, pack: RulePack) -> Policy:
    """The newest policy, with what the pack knows filled in where it is silent."""
    newest = HandlingPolicy.objects.filter(organisation=organisation).first()
    said: dict[str, Any] = dict(newest.data) if newest else {}
    known = {
        "agency_name": pack.agency.name,
        "agency_phone": pack.agency.phone,
        "agency_address": pack.agency.address,
        "emergency": "999" if organisation.country == "GB" else "911",
    }
    fields = Policy.__dataclass_fields__
    given = {name: value for name, value in said.items() if name in fields and value}
    return Policy(**(known | given))


def delegation_in_force(organisation_id: int, on: date) -> Delegation | None:
    """The committee's delegation that holds on this day."""
    rows = Delegation.objects.filter(organisation_id=organisation_id)
    return next((row for row in rows if row.in_force(on)), None)


def local_day(case: Case, at: datetime) -> date:
    """The day of `at` where the case is."""
    return at.astimezone(zone_named(case.zone)).date()
