"""The register's totals as lists whose lines are filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wellheard.people.access.person import Person
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.presenters.badges import status_words
from wellheard.resolve.complaints.presenters.inbox import chips, selects, theme_words
from wellheard.resolve.complaints.queries.filters import CaseFilter
from wellheard.resolve.complaints.queries.register import (
    Total,
    effectiveness,
    handling,
    notice_months,
    totals,
)
from wellheard.resolve.complaints.queries.rulebook import priority_in_force


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a total: its words, count, share of the largest in eighths, and its filter."""

    label: str
    count: int
    eighths: int
    url: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One way of counting the register."""

    title: str
    note: str
    bars: tuple[Bar, ...]


def register_page(person: Person, wanted: CaseFilter, now: datetime) -> dict[str, Any]:
    """Everything above the list of the register."""
    model = priority_in_force(person.organisation_id)
    found = totals(person, wanted, now)
    effective, closed = effectiveness(person, wanted, now)
    choices = selects(person, wanted, model)
    several = _("A case may have several.")
    coding = rulebook.coding()
    names = {row["code"]: row["label"] for row in (*coding["categories"], *coding["stages"])}
    part = _Parts(wanted)
    return {
        "wanted": wanted,
        "selects": choices,
        "chips": _register_chips(wanted, choices),
        "total": found.cases,
        "breakdowns": [
            part(_("Place"), "place", found.by_place, lambda c, label: label or _("No place")),
            part(_("Kind"), "klass", found.by_class, lambda c, label: c.capitalize()),
            part(_("Urgency"), "tier", found.by_tier, lambda c, label: model.label(c)),
            part(_("Status"), "status", found.by_status, lambda c, label: status_words(c)),
            part(_("Age"), "", found.by_age, lambda c, label: label),
            part(_("Theme"), "theme", found.by_theme, lambda c, label: theme_words(c), several),
            part(_("Category"), "category", found.by_category, lambda c, label: names[c], several),
            part(
                _("Severity"),
                "severity",
                found.by_severity,
                lambda c, label: coding["severities"][int(c)],
                several,
            ),
            part(_("Stage"), "stage", found.by_stage, lambda c, label: names[c], several),
            part(
                _("Outcome"),
                "outcome",
                found.by_outcome,
                lambda c, label: c.replace("_", " ").capitalize(),
                several,
            ),
        ],
        "months": notice_months(person, now),
        "handling": handling(person, wanted, now),
        "effective": effective,
        "closed": closed,
        "inbox_query": wanted.to_query(),
    }


class _Parts:
    """Makes breakdowns whose lines lead to the register narrowed by that line."""

    def __init__(self, wanted: CaseFilter) -> None:
        self._wanted = wanted

    def __call__(
        self,
        title: str,
        field: str,
        rows: Sequence[Total],
        words: Callable[[str, str], str],
        note: str = "",
    ) -> Breakdown:
        most = max((row.count for row in rows), default=0)
        bars = tuple(
            Bar(
                label=words(row.code, row.label),
                count=row.count,
                eighths=max(1, round(8 * row.count / most)) if row.count else 0,
                url=self._url(field, row.code),
            )
            for row in rows
        )
        return Breakdown(title, note, bars)

    def _url(self, field: str, code: str) -> str:
        if not field or not code:
            return ""
        return f"{reverse('complaints:register')}?{self._wanted.to_query(**{field: code})}"


def _register_chips(wanted: CaseFilter, choices: Sequence[Any]) -> list[dict[str, str]]:
    inbox, register = reverse("complaints:inbox"), reverse("complaints:register")
    return [
        {"label": chip["label"], "url": chip["url"].replace(inbox, register, 1)}
        for chip in chips(wanted, choices)
        if not chip["label"].endswith(status_words("any"))
    ]
