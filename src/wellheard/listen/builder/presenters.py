"""The builder in words: what was found in a draft, where it leads, and how it is read out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from wellheard.listen.builder.forms import KINDS
from wellheard.listen.builder.publishing import Check, Obstacle
from wellheard.listen.invitations.presenters import question, words
from wellheard.listen.surveys.dimensions import dimensions
from wellheard.listen.surveys.flow import Fault, branches
from wellheard.listen.surveys.languages import completeness
from wellheard.listen.surveys.presenters import logic_words
from wellheard.listen.surveys.reading import Barrier, barriers, grades
from wellheard.listen.surveys.rules import Instrument, Item
from wellheard.listen.surveys.wording import GapFault


@dataclass(frozen=True, slots=True)
class Found:
    """One thing the checks found. ``stops``: it cannot be published with it."""

    words: str
    item: str
    stops: bool


def found_in(check: Check, draft: Instrument | None) -> list[Found]:
    """Everything the checks found, what stops publishing first."""
    found = [Found(_obstacle_words(each), each.item, stops=True) for each in check.obstacles]
    found += [Found(_fault_words(each), each.item, each.stops) for each in check.flow]
    found += [Found(_gap_words(each), each.item, stops=True) for each in check.gaps]
    if draft is not None:
        found += [Found(_barrier_words(b), b.item, stops=False) for b in barriers(draft)]
        found += [
            Found(_("Nobody is named who can change what this asks about."), item.code, stops=False)
            for item in draft.items
            if item.scale is not None and not item.owner
        ]
    return sorted(found, key=lambda each: not each.stops)


def question_lines(draft: Instrument, language: str) -> list[dict[str, Any]]:
    """The questions of a draft as its list shows them."""
    return [
        {
            "code": item.code,
            "text": words(item.text, language) or _("(no words yet)"),
            "kind": KINDS[item.kind],
            "condition": logic_words(item.ask_if) if item.ask_if else "",
            "answers": _answers(item, language),
            "is_first": number == 0,
            "is_last": number == len(draft.items) - 1,
        }
        for number, item in enumerate(draft.items)
    ]


def language_lines(definition: Mapping[str, Any], draft: Instrument | None) -> list[dict[str, Any]]:
    """The languages of a draft: how far they are, who read them, how hard they read."""
    names = dict(settings.LANGUAGES)
    graded = {grade.language: grade for grade in grades(draft)} if draft else {}
    return [
        {
            "code": each.language,
            "name": names.get(each.language, each.language),
            "there": each.there,
            "needed": each.needed,
            "missing": len(each.missing),
            "reviewer": each.reviewer,
            "goes_live": each.goes_live,
            "grade": _grade_words(graded.get(each.language)),
            "is_hard": bool(graded) and graded[each.language].fits is False,
        }
        for each in completeness(definition)
    ]


def map_lines(draft: Instrument, language: str) -> list[dict[str, Any]]:
    """Where each question leads, and for the drawing where its line begins and ends."""
    places = {item.code: number for number, item in enumerate(draft.items)}
    opens: dict[str, list[dict[str, str]]] = {}
    for branch in branches(draft):
        if not branch.opens:
            continue
        item = draft.item(branch.item)
        said = _value_words(item, branch.value, language)
        opens.setdefault(branch.item, []).append({"answer": said, "opens": ", ".join(branch.opens)})
    return [
        {
            "code": item.code,
            "text": words(item.text, language),
            "condition": logic_words(item.ask_if) if item.ask_if else _("Everybody is asked."),
            "is_asked_of_all": item.ask_if is None,
            "opens": opens.get(item.code, []),
            "depends_on": sorted(
                {c.item for c in item.ask_if.conditions() if c.item in places}
                if item.ask_if
                else ()
            ),
        }
        for item in draft.items
    ]


def drawing(draft: Instrument) -> dict[str, Any]:
    """The map as a drawing: a row for each question, a bow from each to those it opens."""
    places = {item.code: number for number, item in enumerate(draft.items)}
    bows = []
    for item in draft.items:
        for condition in item.ask_if.conditions() if item.ask_if else ():
            start, end = places.get(condition.item), places[item.code]
            if start is not None and start < end:
                top, bottom = start * 32 + 16, end * 32 + 16
                reach = 250 + min(end - start, 8) * 16
                path = f"M 232 {top} C {reach} {top}, {reach} {bottom}, 236 {bottom}"
                bows.append(
                    {"path": path, "tip": f"228,{bottom} 238,{bottom - 5} 238,{bottom + 5}"}
                )
    rows = [
        {"code": item.code, "y": n * 32 + 4, "text_y": n * 32 + 21, "is_open": item.ask_if is None}
        for n, item in enumerate(draft.items)
    ]
    return {"rows": rows, "bows": bows, "height": len(draft.items) * 32 + 8}


def coverage(draft: Instrument) -> list[dict[str, Any]]:
    """What the questions are about, and what none of them is about."""
    asked: dict[str, list[str]] = {code: [] for code in dimensions()}
    for item in draft.items:
        asked.setdefault(item.dimension, []).append(item.code)
    return [
        {"name": name, "items": ", ".join(asked[code]), "is_empty": not asked[code]}
        for code, name in dimensions().items()
    ]


def preview(draft: Instrument, language: str) -> list[dict[str, Any]]:
    """Every question as it is shown, with nothing chosen."""
    return [
        {
            **question(draft, item, language, lambda _name: ""),
            "number": number,
            "code": item.code,
            "kind_words": KINDS[item.kind],
            "condition": logic_words(item.ask_if) if item.ask_if else "",
        }
        for number, item in enumerate(draft.items, 1)
    ]


def _obstacle_words(obstacle: Obstacle) -> str:
    return {
        "empty": _("It asks no question yet."),
        "owner": _("Say who answers for this survey."),
        "review_on": _("Say by when somebody looks at it again."),
        "review_past": _("The review date must lie ahead."),
        "language": _("No language is complete and read by a named person. None goes live."),
        "official": _(
            "This asks in the words of an official survey. Between other questions it can no "
            "longer be compared; ask the official survey whole, or in words of your own."
        ),
        "broken": _("The definition contradicts itself: %(where)s") % {"where": obstacle.detail},
    }[obstacle.kind]


def _fault_words(fault: Fault) -> str:
    said = {
        "missing": _("It depends on %(other)s, which is not asked."),
        "loop": _("It and %(other)s depend on each other."),
        "order": _("It depends on %(other)s, which is asked only later."),
        "contradiction": _("No answers can make its condition true."),
        "unreachable": _("Nobody is ever led to it."),
        "dead_end": _("After the answer %(other)s nothing more is asked."),
        "mixed": _("It may change places with questions it depends on or is parted from."),
        "too_large": _("There are too many ways through to check them all. Make it simpler."),
    }[fault.kind]
    return said % {"other": fault.other}


def _gap_words(fault: GapFault) -> str:
    said = {
        "unknown": _("There is nothing called {%(gap)s} to put in."),
        "later": _("{%(gap)s} is asked only later."),
        "otherwise": _("{%(gap)s} may be empty. Write other words behind a bar: {%(gap)s|words}."),
        "kind": _("{%(gap)s} is an answer that cannot be said in a sentence."),
    }[fault.why]
    return f"{fault.language}: {said % {'gap': fault.gap}}"


def _barrier_words(barrier: Barrier) -> str:
    return {
        "long": _("The question is long. Say it in fewer words."),
        "many_answers": _("So many answers are hard to hear and to choose from."),
        "no_words": _("The numbers have no words: nobody knows which end is good."),
        "two_at_once": _("It asks two things at once. Ask one."),
        "colour": _("It speaks of a colour or a place on the page. Not everybody sees it."),
        "capitals": _("It is written in capitals, which are hard to read."),
    }[barrier.kind]


def _grade_words(grade: Any) -> str:
    if grade is None or grade.method == "":
        return _("no formula for this language")
    if grade.grade is not None:
        return _("school grade %(grade)s (Flesch-Kincaid), %(smog)s (SMOG)") % {
            "grade": f"{grade.grade:.1f}",
            "smog": "–" if grade.smog is None else f"{grade.smog:.1f}",
        }
    return _("ease %(ease)s of 100 (Fernández Huerta)") % {"ease": f"{grade.ease:.0f}"}


def _value_words(item: Item, value: int | None, language: str) -> str:
    for choice in item.scale.choices if item.scale else ():
        if choice.value == value:
            return words(choice.words, language) or str(value)
    return _("any answer") if value is None else str(value)


def _answers(item: Item, language: str) -> str:
    if item.scale is None:
        return ""
    said = [words(choice.words, language) or str(choice.value) for choice in item.scale.choices]
    return " · ".join(said) if len(said) < 8 else f"{said[0]} … {said[-1]}"
