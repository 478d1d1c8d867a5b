"""The staff navigation: what a person may open, in the order of their day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from wellheard.people.access.person import Person


@dataclass(frozen=True, slots=True)
class Entry:
    label: Any
    route: str
    permission: str
    shortcut: str = ""


NAVIGATION: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        _("Today"),
        (
            Entry(_("Home"), "boards:home", "home.read", "H"),
            Entry(_("Places"), "boards:places", "place.read", "P"),
            Entry(_("Inbox"), "complaints:inbox", "case.read", "I"),
        ),
    ),
    (
        _("Voices"),
        (
            Entry(_("Comments"), "intake:comments", "comment.read_masked", "C"),
            Entry(_("Enter cards"), "intake:enter", "card.enter"),
            Entry(_("Themes"), "themes:themes", "comment.read_masked"),
            Entry(_("Questions"), "surveys:instruments", "survey.read"),
            Entry(_("Imports"), "imports:imports", "import.run"),
        ),
    ),
    (
        _("Numbers"),
        (
            Entry(_("Measures"), "scores:catalogue", "measure.read", "M"),
            Entry(_("Benchmarks"), "benchmarks:benchmarks", "benchmark.read"),
        ),
    ),
    (
        _("People"),
        (
            Entry(_("Patients"), "patients:search", "patient.read"),
            Entry(_("Sent messages"), "outbox:messages", "message.read"),
            Entry(_("Staff"), "staff:people", "staff.manage"),
        ),
    ),
    (
        _("Order"),
        (
            Entry(_("Rules"), "complaints:rulepacks", "rulepack.read"),
            Entry(_("Audit"), "access:audit", "audit.read"),
            Entry(_("Design"), "design:design", "design.read"),
        ),
    ),
)


def navigation_for(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of items this person may open; empty groups are left out."""
    person: Person | None = getattr(request, "person", None)
    if person is None:
        return []
    groups = []
    for label, entries in NAVIGATION:
        items = [item for entry in entries if (item := _item(entry, person, request.path))]
        if items:
            groups.append({"label": label, "items": items})
    return groups


def _item(entry: Entry, person: Person, path: str) -> dict[str, Any] | None:
    if not person.may(entry.permission):
        return None
    try:
        url = reverse(entry.route)
    except NoReverseMatch:
        return None
    here = path == url or (path.startswith(url) and url != "/staff/")
    return {"label": entry.label, "url": url, "current": here, "shortcut": entry.shortcut}
