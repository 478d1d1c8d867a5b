"""The one table of connectors, and what each gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from django.utils.module_loading import import_string

from wellheard.listen.reviews.models import Outlet
from wellheard.listen.reviews.rules import Entry

CONNECTORS: dict[str, str] = {
    "csv": "wellheard.listen.reviews.connectors.csvfile.pull",
    "feed": "wellheard.listen.reviews.connectors.feed.pull",
    "json": "wellheard.listen.reviews.connectors.paged.pull",
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """What an outlet publishes now. ``complete``: all of it, so what is missing was withdrawn;
    else the newest only. ``unchanged``: nothing new since the last time."""

    entries: list[Entry] = field(default_factory=list)
    complete: bool = False
    broken: int = 0
    unchanged: bool = False
    etag: str = ""
    modified: str = ""


class Connector(Protocol):
    """Reads an outlet. Raises FetchError or UnreadableError, with a code and never with words."""

    def __call__(self, outlet: Outlet) -> Pulled: ...


def connector_of(outlet: Outlet) -> Connector:
    """The connector for an outlet's kind."""
    found: Connector = import_string(CONNECTORS[outlet.kind])
    return found
