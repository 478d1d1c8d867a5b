"""The search in words: what is looked for, and comments with what was sought marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.presenters import rating_words, source_words
from wellheard.people.places.models import Place, Site
from wellheard.understand.scores.rules import Measure
from wellheard.understand.search.finding import Find
from wellheard.understand.search.forms import language_names, mark_words, mood_words
from wellheard.understand.search.rules import Piece, Sought, marked
from wellheard.understand.themes.presenters import sentiment_words
from wellheard.understand.themes.queries import Told
from wellheard.understand.themes.vocabulary import theme_name

_EXCERPT = 420
_LEAD = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One comment as it was found. ``position``: its place in the whole list, from 1."""

    comment: Comment
    pieces: list[Piece]
    is_masked: bool
    is_waiting: bool
    themes: tuple[tuple[str, str], ...]
    feeling: str
    is_praise: bool
    source: str
    mark: str
    position: int
    url: str
    alike: str


def lines(
    told: Iterable[Told], sought: Sought, *, first: int, find: Find, whole: bool = False
) -> list[Line]:
    """Comments as this person may read them, the words around what was sought."""
    return [
        line(each, sought, position=first + number, find=find, whole=whole)
        for number, each in enumerate(told)
    ]


def line(
    told: Told,
    sought: Sought,
    *,
    position: int,
    find: Find,
    whole: bool = False,
    likeness: float | None = None,
) -> Line:
    """One comment of a list."""
    comment = told.comment
    text = told.text if whole else excerpt(told.text, sought)
    share = "" if likeness is None else figures.percent(100 * likeness)
    return Line(
        comment=comment,
        pieces=marked(text, sought),
        is_masked=told.is_masked,
        is_waiting=not told.text,
        themes=tuple((code, theme_name(code)) for code in told.themes[:4]),
        feeling=sentiment_words(told.sentiment) if told.sentiment else "",
        is_praise=told.is_praise,
        source=source_words(comment.source),
        mark=rating_words(comment),
        position=position,
        url=f"{reverse('search:reader')}?{_and(find.query(), f'at={position}')}",
        alike=share,
    )


def _and(*parts: str) -> str:
    return "&".join(part for part in parts if part)


def excerpt(text: str, sought: Sought) -> str:
    """The part of a long text around the first word that was sought, cut between words."""
    if len(text) <= _EXCERPT:
        return text
    pieces = marked(text, sought)
    at = len(pieces[0].text) if pieces and not pieces[0].is_hit and len(pieces) > 1 else 0
    start = 0 if at < _EXCERPT - _LEAD else text.find(" ", at - _LEAD) + 1
    part = text[start : start + _EXCERPT]
    if start + _EXCERPT < len(text):
        part = part.rpartition(" ")[0] + " …"
    return part if start == 0 else f"… {part}"


def chips(
    find: Find, typed: str, measures: Mapping[str, Measure], *, organisation_id: int
) -> list[dict[str, str]]:
    """What is set, in words, each with the address of the search without it."""
    said = [
        (("words",), f"“{typed}”" if find.words and typed else ""),
        (("place",), _name(Place, find.place, organisation_id)),
        (("site",), _name(Site, find.site, organisation_id)),
        (("theme",), theme_name(find.theme) if find.theme else ""),
        (("mood",), mood_words().get(find.mood, "")),
        (("mark",), _labelled(_("Mark"), mark_words().get(find.mark, ""))),
        (("source",), source_words(find.source) if find.source else ""),
        (("language",), language_names().get(find.language, find.language)),
        (("since", "until"), period_words(find)),
        (("measure", "answers"), answers_words(find, measures)),
    ]
    return [
        {"label": words, "url": f"?{find.without(*names).query()}"}
        for names, words in said
        if words
    ]


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _name(model: type[Place] | type[Site], pk: int | None, organisation_id: int) -> str:
    if pk is None:
        return ""
    found: Any = model._default_manager.filter(pk=pk, organisation_id=organisation_id).first()
    return found.name if found else _("A place that is not there")


def period_words(find: Find) -> str:
    """ "1 March 2026 to 31 May 2026", with one end left open when it is."""
    if find.since and find.until:
        ends = {"first": figures.long_date(find.since), "last": figures.long_date(find.until)}
        return _("%(first)s to %(last)s") % ends
    if find.since:
        return _("since %(day)s") % {"day": figures.long_date(find.since)}
    if find.until:
        return _("until %(day)s") % {"day": figures.long_date(find.until)}
    return ""


def answers_words(find: Find, measures: Mapping[str, Measure]) -> str:
    """Whose comments: those who gave the best answers of a measure, or the others."""
    measure = measures.get(find.measure)
    if measure is None or not find.answers:
        return ""
    if find.answers == "best":
        return _("%(measure)s: gave the best answer") % {"measure": measure.title}
    return _("%(measure)s: gave another answer") % {"measure": measure.title}


def address(route: str, *args: object) -> str:
    """The address of a page of a higher room; "" while the house has no such page."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""
