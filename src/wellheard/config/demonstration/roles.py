"""The roles that the start page offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from wellheard.config.demonstration.people import hospital_page


@dataclass(frozen=True, slots=True)
class Role:
    """A role, its everyday name, and what its day looks like here."""

    code: str
    name: Any
    does: Any


ROLES: Sequence[Role] = (
    Role("front_desk", _("Front desk"), _("Takes cards and complaints across the counter.")),
    Role(
        "nurse_manager",
        _("Nurse manager"),
        _("Opens one place on Monday: praise, what is new, what is due."),
    ),
    Role(
        "px_specialist",
        _("Patient-experience specialist"),
        _("Empties the inbox, reads what patients say, imports files."),
    ),
    Role(
        "grievance_officer",
        _("Grievance officer"),
        _("Answers complaints within the days the law gives."),
    ),
    Role("analyst", _("Analyst"), _("Looks at measures, charts and published benchmarks.")),
    Role("executive", _("Executive"), _("Sees a few measures over time and what is overdue.")),
    Role("auditor", _("Auditor"), _("Reads who did and saw what; changes nothing.")),
    Role(
        "administrator",
        _("Administrator"),
        _("Looks after staff and roles; sees no patient's words."),
    ),
)


def staff_of(role: str) -> list[dict[str, Any]]:
    """The invented staff with this role."""
    return [person for person in hospital_page()["staff"] if person["role"] == role]
