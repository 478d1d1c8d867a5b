"""What the staff pages of intake show, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wellheard.listen.intake.listing import Aside, words_for
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.queries import Waiting
from wellheard.listen.intake.rules.abuse import soften
from wellheard.people.access.person import Person

_EXCERPT = 320


@dataclass(frozen=True, slots=True)
class Line:
    """One comment in the list. ``words`` None: this person must wait until names are taken out."""

    comment: Comment
    url: str
    words: str | None
    is_masked: bool
    badges: tuple[tuple[str, str, str], ...]
    source: str
    rating: str
    is_waiting: bool


def lines(comments: Sequence[Comment], person: Person, asides: Mapping[int, Aside]) -> list[Line]:
    """The comments as this person may see them in a list."""
    return [_line(comment, person, asides.get(comment.pk, Aside())) for comment in comments]


def _line(comment: Comment, person: Person, aside: Aside) -> Line:
    words, masked = words_for(comment, person, aside)
    return Line(
        comment=comment,
        url=reverse("intake:comment", args=[comment.pk]),
        words=None if words is None else _excerpt(soften(words)),
        is_masked=masked,
        badges=aside.badges,
        source=source_words(comment.source),
        rating=rating_words(comment),
        is_waiting=comment.disposition == "",
    )


def source_words(source: str) -> str:
    """By which road a comment came."""
    words = {
        "card": _("Comment card"),
        "paper": _("Paper card"),
        "survey": _("Survey"),
        "import": _("Import"),
        "complaint_form": _("Complaint form"),
        "email": _("E-mail"),
        "sms": _("Text message"),
        "phone": _("Telephone"),
        "letter": _("Letter"),
        "api": _("Another system"),
        "review": _("Public review"),
        "mention": _("Public mention"),
        "round": _("Rounding"),
        "staff_heard": _("Told to staff"),
    }
    return words.get(source, source)


def disposition_words(kind: str) -> str:
    """A decision in words."""
    words = {
        "case": _("Became a case"),
        "passed_on": _("Passed on"),
        "answered": _("Answered"),
        "noted": _("Read and noted"),
        "duplicate": _("Told before"),
        "counted": _("A mark without words"),
        "history": _("From before"),
    }
    return words.get(kind, kind)


def rating_words(comment: Comment) -> str:
    """The mark that was given, "2 of 5"; "" when none was."""
    if comment.rating is None or not comment.rating_max:
        return ""
    given = f"{comment.rating.normalize():f}"
    return _("%(given)s of %(most)s") % {"given": given, "most": comment.rating_max}


def waiting_words(waiting: Waiting) -> str:
    """How much waits, as the page's lead."""
    if waiting.undecided == 0:
        return _("Everything has been looked at.")
    first = ngettext(
        "%(count)s comment waits for a first decision",
        "%(count)s comments wait for a first decision",
        waiting.undecided,
    ) % {"count": waiting.undecided}
    if waiting.late == 0:
        return _("%(waiting)s, none too long.") % {"waiting": first}
    return _("%(waiting)s, %(late)s of them longer than one working day.") % {
        "waiting": first,
        "late": waiting.late,
    }


def comment_facts(comment: Comment) -> list[tuple[str, Any]]:
    """Names and values beside the words of a comment."""
    facts: list[tuple[str, Any]] = [
        (_("Number"), comment.reference),
        (_("Place"), f"{comment.place} · {comment.site}" if comment.place else _("Not named")),
        (_("How it came"), source_words(comment.source)),
        (_("Mark"), rating_words(comment) or _("None")),
        (_("Wants a reply"), _("Yes") if comment.wants_reply else _("No")),
    ]
    if comment.touchpoint is not None:
        facts.insert(2, (_("Touchpoint"), comment.touchpoint.name))
    if comment.mode:
        helped = comment.mode == "assisted"
        way = _("On a shared screen, staff helped") if helped else _("On a shared screen")
        facts.append((_("Given"), way))
    if comment.question:
        facts.insert(3, (_("Question"), comment.question))
    return facts


def history(comment: Comment, *, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What happened with a comment, newest first."""
    rows: list[dict[str, Any]] = [
        {
            "title": disposition_words(each.kind),
            "at": each.at,
            "who": each.by_name,
            "words": each.why,
            "sign": "check",
        }
        for each in comment.dispositions.all()
    ]
    rows += [
        {
            "title": _("%(name)s answers for it") % {"name": names.get(each.owner_id, "")},
            "at": each.at,
            "who": "",
            "words": "",
            "sign": "assign",
        }
        for each in comment.ownerships.all()
    ]
    rows += [
        {
            "title": _("Found left lying"),
            "at": each.at,
            "who": "",
            "words": _("Nobody answered for it") if each.why == "unowned" else _("Past its time"),
            "sign": "alert",
        }
        for each in comment.orphan_findings.all()
    ]
    return sorted(rows, key=_moment_of, reverse=True)


def _moment_of(row: dict[str, Any]) -> datetime:
    moment: datetime = row["at"]
    return moment


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[:_EXCERPT].rsplit(" ", 1)[0] + " …"
