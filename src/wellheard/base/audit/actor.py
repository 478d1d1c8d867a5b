"""Who acts. Every action in the house is told ``by`` whom it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["staff", "patient", "system", "api"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts within one organisation.

    ``ref`` is a stable key (a user's id, a reaction's name), never a name or an address;
    ``name`` is shown on screens only and is not part of the audit trail.
    """

    kind: Kind
    ref: str
    organisation_id: int
    name: str = ""

    @classmethod
    def system(cls, organisation_id: int, ref: str) -> Actor:
        return cls("system", ref, organisation_id)

    @classmethod
    def patient(cls, organisation_id: int, ref: str = "anonymous") -> Actor:
        return cls("patient", ref, organisation_id)
