"""Scans in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.rules.abuse import soften
from wellheard.people.access.person import Person
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.expectations.models import (
    ExpectationChoice,
    ExpectationFind,
    ExpectationScan,
)
from wellheard.understand.expectations.policy import scan_policy
from wellheard.understand.expectations.queries import Line, ScanPage
from wellheard.understand.themes.vocabulary import theme_name


def tool_names() -> dict[str, str]:
    return {
        "app": _("An app"),
        "portal": _("A patient portal"),
        "text_messages": _("Text messages"),
        "video_visit": _("Video visits"),
        "online_booking": _("Booking online"),
        "online_results": _("Results online"),
        "online_payment": _("Paying online"),
        "online_check_in": _("Checking in online"),
        "chat": _("Writing to the team"),
        "wifi": _("Wi-Fi"),
        "charger": _("Chargers and sockets"),
        "interpreter_screen": _("Interpreters on a screen"),
    }


def kind_names() -> dict[str, tuple[str, str]]:
    """Kinds of finds in their order, each with what it says."""
    return {
        "tool": (_("Tools people ask for"), _("asked for or missed, far more than before")),
        "theme": (_("Themes that came up"), _("told far more than before")),
        "topic": (_("Words that emerged"), _("used far more than before, whatever theme")),
    }


def choice_names() -> dict[str, str]:
    return {"watch": _("watch"), "act": _("act"), "no": _("no need")}


def find_name(find: ExpectationFind) -> str:
    """A tool or theme by name, a topic by its words."""
    if find.kind == "tool":
        return tool_names().get(find.code, find.code)
    return theme_name(find.code) if find.kind == "theme" else " · ".join(find.words)


def quarter_name(code: int) -> str:
    """``Q3 2026`` from 202607."""
    year, month = divmod(code, 100)
    return _("Q%(quarter)s %(year)s") % {"quarter": (month + 2) // 3, "year": year}


def scan_lines(scans: Iterable[ExpectationScan]) -> list[dict[str, Any]]:
    """Scans with how many finds of each kind, and how many nobody has decided about."""
    lines = []
    for scan in scans:
        finds = list(scan.finds.all())
        lines.append(
            {
                "scan": scan,
                "name": quarter_name(scan.quarter),
                "counts": [
                    (name, sum(find.kind == kind for find in finds))
                    for kind, (name, _says) in kind_names().items()
                ],
                "finds": len(finds),
                "open": sum(not find.choices.all() for find in finds),
            }
        )
    return lines


def sections(page: ScanPage, person: Person) -> list[dict[str, Any]]:
    """The finds of a scan by kind, with the quotes this person may read."""
    quotes = _quotes(page.lines, person)
    return [
        {
            "kind": kind,
            "name": name,
            "says": says,
            "finds": [
                _find(line, page.scan, quotes) for line in page.lines if line.find.kind == kind
            ],
        }
        for kind, (name, says) in kind_names().items()
    ]


def _find(line: Line, scan: ExpectationScan, quotes: Mapping[int, Any]) -> dict[str, Any]:
    find = line.find
    shown = [quotes[pk] for pk in find.comments if pk in quotes]
    return {
        "find": find,
        "name": find_name(find),
        "count": _("%(n)s of %(of)s comments, before %(before)s of %(before_of)s")
        % {
            "n": figures.number(find.count),
            "of": figures.number(scan.comments),
            "before": _few(find.before),
            "before_of": figures.number(scan.before),
        },
        "p": "< 0.0001" if find.p < 0.0001 else figures.number(find.p, 4),
        "is_new": line.is_new,
        "choice": _choice(line.choice),
        "earlier": _choice(line.earlier),
        "quotes": shown[: scan_policy().quotes],
    }


def _few(count: int) -> str:
    """A handful of earlier comments is not told as a number."""
    minimum = load_policy().minimum_group
    if 0 < count < minimum:
        return _("fewer than %(n)s") % {"n": minimum}
    return figures.number(count)


def _choice(choice: ExpectationChoice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    return {
        "word": choice_names()[choice.choice],
        "kind": {"act": "action", "watch": "attention"}.get(choice.choice, "plain"),
        "row": choice,
    }


def _quotes(lines: Sequence[Line], person: Person) -> dict[int, Any]:
    """Comments of the finds, masked, only those the person may read; none for other readers."""
    if not person.may("comment.read_masked"):
        return {}
    wanted = {pk for line in lines for pk in line.find.comments}
    rows = Comment.objects.visible_to(person).filter(pk__in=wanted, reading__isnull=False)
    return {
        each.pk: {"comment": each, "text": soften(each.reading.masked_text)}
        for each in rows.select_related("place", "reading")
    }
