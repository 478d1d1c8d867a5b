"""What was found, as one person may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wellheard.people.access.doors import StaffRequest
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.understand.findings.queries import newest_run
from wellheard.understand.findings.rules import Finding, read_finding
from wellheard.understand.search.finding import Find

_ON_HOME, _ON_PLACE = 5, 3
KIND_NAMES: dict[str, Promise] = {
    "shift": _("Changed"),
    "trend": _("Slow trend"),
    "gap": _("Gap"),
    "driver": _("What counts"),
    "theme_rise": _("Rising theme"),
    "silence": _("Silence"),
    "dissatisfaction": _("Hidden trouble"),
    "peak": _("Time of week"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as a page shows it."""

    finding: Finding
    kind: Promise
    tone: str
    url: str
    said_url: str = ""


def lines_for(
    person: Person,
    *,
    place_id: int | None = None,
    kinds: Iterable[str] = (),
    most: int | None = None,
) -> list[Line]:
    """Findings of the newest search that this person may see, the most important first.

    ``place_id``: only those of that place; ``kinds``: only these.
    """
    wanted = set(kinds)
    run = newest_run(person.organisation_id)
    rows = run.found if run else []
    found = [
        _line(finding, person)
        for finding in map(read_finding, rows)
        if (place_id is None or finding.place_id == place_id)
        and (not wanted or finding.kind in wanted)
        and may_see(person, finding)
    ]
    return found if most is None else found[:most]


def may_see(person: Person, finding: Finding) -> bool:
    """Measures of their places; what counts comments only where they may read them."""
    needed = ["measure.read"]
    if finding.needs_comments:
        needed.append("comment.read_masked")
    return all(_may(person, permission, finding) for permission in needed)


def _may(person: Person, permission: str, finding: Finding) -> bool:
    places = person.places(permission)
    # What is said of a site or of everybody is for those who see the whole organisation.
    return places is None or (finding.place_id is not None and finding.place_id in places)


def _line(finding: Finding, person: Person) -> Line:
    tone = {"better": "better", "worse": "worse", "ended": "action"}.get(
        finding.verdict, "attention"
    )
    said = said_url(finding) if _may_read(person, finding) else ""
    return Line(finding, KIND_NAMES[finding.kind], tone, _url(finding), said)


def _may_read(person: Person, finding: Finding) -> bool:
    """Comments of its place; of a site or of everybody, those the person may read of them."""
    places = person.places("comment.read_masked")
    if places is None or finding.place_id is None:
        return places is None or bool(places)
    return finding.place_id in places


def said_url(finding: Finding) -> str:
    """The comments behind it: of that place, group, theme and time, and of the answers it is
    about (a worse score: of those who did not give the best answer)."""
    find = Find(place=finding.place_id, site=None if finding.place_id else finding.site_id)
    group, _sign, value = finding.group.partition("=")
    if group == "language":
        find = replace(find, language=value)
    if finding.kind == "theme_rise":
        find = replace(find, theme=finding.measure, since=finding.start_on)
    elif finding.kind == "silence":
        # What they said while they were still heard.
        find = replace(find, until=finding.start_on)
    elif finding.unit == "points":
        answers = "best" if finding.direction == "better" else "rest"
        find = replace(find, measure=finding.measure, answers=answers, since=finding.start_on)
    else:
        find = replace(find, mood="trouble", since=finding.start_on)
    return f"{reverse('search:search')}?{find.query()}"


def _url(finding: Finding) -> str:
    """Where its figures stand: the place's chart, the measure, the theme."""
    route: tuple[str, Any, str] | None = None
    charted = finding.kind in ("shift", "trend", "peak")
    if finding.kind == "theme_rise":
        route = ("themes:theme", finding.measure, "")
    elif finding.place_id is not None:
        route = ("boards:place", finding.place_id, f"?measure={finding.measure}" if charted else "")
    elif finding.kind == "dissatisfaction":
        route = ("dissatisfaction:trouble", None, "")
    elif finding.kind == "silence":
        route = ("equity:reach", None, "")
    elif finding.kind == "driver":
        route = ("drivers:drivers", None, "")
    elif finding.kind in ("gap", "shift", "trend") and finding.unit == "points":
        group = finding.group.partition("=")[0]
        route = ("boards:measure", finding.measure, f"?by={group}" if group else "")
    if route is None:
        return ""
    try:
        return reverse(route[0], args=[] if route[1] is None else [route[1]]) + route[2]
    except NoReverseMatch:
        return ""


def on_home(request: HttpRequest, person: Person) -> str:
    """The first findings, for the homes."""
    return _panel(request, lines_for(person, most=_ON_HOME))


def on_place(request: StaffRequest, place: Place) -> str:
    """The findings of one place, for its page."""
    person = request.person
    return _panel(request, lines_for(person, place_id=place.pk, most=_ON_PLACE))


def _panel(request: HttpRequest, lines: list[Line]) -> str:
    if not lines:
        return ""
    return render_to_string("findings/panel.html", {"lines": lines, "brief": True}, request)
