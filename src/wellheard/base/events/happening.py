"""What a reaction is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as reactions see it: its name, whose it is, when, and the ids it carries."""

    event_id: int
    name: str
    organisation_id: int
    at: datetime
    ids: Mapping[str, int | str]

    def number(self, key: str) -> int:
        """The id under ``key`` as a whole number."""
        return int(self.ids[key])
