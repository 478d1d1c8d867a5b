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
    # A bare letter means Alt and that letter; the inbox needs Alt+P (note) and Alt+M (snooze).
    shortcut: str = ""
    sign: str = ""


NAVIGATION: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        _("Today"),
        (
            Entry(_("Home"), "boards:home", "home.read", "H", sign="home"),
            Entry(_("Places"), "boards:places", "place.read", "Alt+Shift+P", sign="place"),
            Entry(_("Inbox"), "complaints:inbox", "case.read", "I", sign="inbox"),
            Entry(_("Thanks"), "intake:thanks", "home.read", sign="praise"),
        ),
    ),
    (
        _("Voices"),
        (
            Entry(_("Comments"), "intake:comments", "comment.read_masked", "C", sign="comment"),
            Entry(
                _("Find comments"),
                "search:search",
                "comment.read_masked",
                "Alt+Shift+F",
                sign="search",
            ),
            Entry(_("Mail that came in"), "mailbox:mails", "message.read", sign="mail"),
            Entry(_("Enter cards"), "keying:enter", "card.enter", sign="pencil"),
            Entry(_("Posters"), "posters:posters", "poster.print", sign="print"),
            Entry(_("Shared screens"), "kiosks:kiosks", "kiosk.run", sign="pencil"),
            Entry(_("Themes"), "themes:themes", "comment.read_masked", sign="tag"),
            Entry(_("Questions"), "surveys:instruments", "survey.read", sign="survey"),
            Entry(_("Sampling"), "sampling:plans", "sample.read", sign="people"),
            Entry(_("Follow-ups"), "followups:followups", "review.read", sign="survey"),
            Entry(_("Where we listen"), "stages:stages", "review.read", sign="ear"),
            Entry(_("Rounds"), "rounds:rounds", "round.write", sign="bed"),
            Entry(_("A patient told me"), "rounds:heard", "heard.report", sign="ear"),
            Entry(_("Panels"), "panels:panels", "panel.run", sign="people"),
            Entry(_("Interviews"), "interviews:studies", "study.run", sign="quote"),
            Entry(
                _("Public voices"), "public_reviews:reviews", "comment.read_masked", sign="globe"
            ),
            Entry(_("Replies"), "replies:desk", "comment.read_masked", sign="send"),
            Entry(_("Telephone surveys"), "calls:calls", "call.make", sign="phone"),
            Entry(_("Paper surveys"), "sheets:sheets", "sheet.scan", sign="print"),
            Entry(_("Imports"), "imports:imports", "import.run", sign="upload"),
        ),
    ),
    (
        _("Numbers"),
        (
            Entry(_("Findings"), "findings:findings", "measure.read", sign="eye"),
            Entry(_("Scores and trouble"), "dissatisfaction:trouble", "measure.read", sign="chart"),
            Entry(_("Overview"), "boards:overview", "review.read", sign="chart"),
            Entry(_("Ask a question"), "explore:ask", "measure.read", "Alt+Shift+A", sign="help"),
            Entry(_("Explore"), "explore:explore", "measure.read", "Alt+Shift+X", sign="chart"),
            Entry(_("Weekly analyses"), "reviews:reviews", "review.read", sign="check"),
            Entry(_("Balanced set"), "balance:balance", "review.read", sign="check"),
            Entry(_("Measures"), "scores:catalogue", "measure.read", "Alt+Shift+M", sign="chart"),
            Entry(_("Ease of booking"), "ease:ease", "measure.read", sign="calendar"),
            Entry(_("Waits"), "waits:waits", "measure.read", sign="clock"),
            Entry(
                _("Missed appointments"), "attendance:attendance", "measure.read", sign="calendar"
            ),
            Entry(_("Equity"), "equity:equity", "review.read", sign="people"),
            Entry(_("Drivers"), "drivers:drivers", "review.read", sign="chart"),
            Entry(_("Engagement"), "engagement:engagement", "review.read", sign="praise"),
            Entry(_("Expectations"), "expectations:scans", "review.read", sign="quote"),
            Entry(_("Consistency"), "consistency:consistency", "review.read", sign="check"),
            Entry(_("After complaints"), "aftercare:aftercare", "review.read", sign="case"),
            Entry(_("Choices"), "choices:choices", "panel.read", sign="people"),
            Entry(_("Segments"), "segments:segments", "review.read", sign="people"),
            Entry(_("Our share"), "share:share", "review.read", sign="place"),
            Entry(_("Benchmarks"), "benchmarks:benchmarks", "benchmark.read", sign="proof"),
            Entry(_("Predictions"), "predictions:predictions", "prediction.read", sign="chart"),
            Entry(_("Long-term health"), "longterm:longterm", "review.read", sign="chart"),
            Entry(_("What goes along"), "associations:along", "review.read", sign="chart"),
            Entry(_("Medicines"), "adherence:adherence", "review.read", sign="chart"),
            Entry(_("Readmissions"), "readmissions:readmissions", "review.read", sign="bed"),
            Entry(_("Peers"), "peers:peers", "benchmark.read", sign="people"),
        ),
    ),
    (
        _("People"),
        (
            Entry(_("Patients"), "patients:search", "patient.read", sign="person"),
            Entry(
                _("Letters in other formats"), "letter_formats:letters", "case.read", sign="mail"
            ),
            Entry(_("Sent messages"), "outbox:messages", "message.read", sign="send"),
            Entry(_("Staff"), "staff:people", "staff.manage", sign="people"),
            Entry(_("Merged places"), "merging:merges", "place.manage", sign="place"),
        ),
    ),
    (
        _("Order"),
        (
            Entry(_("Rules"), "complaints:rulepacks", "rulepack.read", sign="book"),
            Entry(_("Audit"), "access:audit", "audit.read", sign="history"),
            Entry(_("Design"), "design:design", "design.read", sign="eye"),
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
    return {
        "label": entry.label,
        "url": url,
        "current": here,
        "shortcut": entry.shortcut,
        "sign": entry.sign,
    }
