"""What the pages of a survey show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages.figures import long_date
from wellheard.listen.cards.presenters import shared_screen
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.rules import (
    NOT_APPLICABLE,
    Posted,
    Progress,
    is_upload,
    place_in,
    prefix_of,
)
from wellheard.listen.surveys.instruments import instrument
from wellheard.listen.surveys.order import is_mixed
from wellheard.listen.surveys.rules import Instrument, Item
from wellheard.listen.surveys.wording import filled, has_gaps

_LEFT_OUT = "–"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose page it is, as the frame shows it."""

    name: str


def frame(invitation: Invitation) -> dict[str, Any]:
    """What every page of a survey shares."""
    organisation = invitation.organisation
    return {
        "organisation": Owner(organisation.name),
        "offered_languages": organisation.languages,
        "place_name": invitation.place.name,
        "site_name": invitation.place.site.name,
        **shared_screen(invitation.idle_seconds),
    }


def question(
    asked: Instrument, item: Item, language: str, value_of: Callable[[str], object]
) -> dict[str, Any]:
    """One question in words. ``value_of``: what stands at "checked04" or "written"."""
    place = place_in(asked, item)
    return {
        "level": 1,
        "prefix": "",
        "item": item,
        "kind": "scale" if item.kind == "choice" else item.kind,
        "part": f"invitations/kinds/{'scale' if item.kind == 'choice' else item.kind}.html",
        "text": words(item.text, language),
        "hint": words(item.hint, language),
        "low": words(item.low, language),
        "high": words(item.high, language),
        "choices": _choices(item, language, value_of),
        "written": value_of("written") if item.scale is None else "",
        "rows": [
            {
                "code": row.code,
                "text": words(row.text, language),
                "choices": _choices(item, language, value_of, f"{row.code}0"),
            }
            for row in item.rows
        ],
        "places": [
            {
                "value": choice.value,
                "words": words(choice.words, language) or str(choice.value),
                "options": [
                    {"place": n, "selected": value_of(f"place0{choice.value}0{n}")}
                    for n in range(1, len(item.scale.choices) + 1)
                ],
            }
            for choice in item.scale.choices
        ]
        if item.kind == "ranking" and item.scale
        else [],
        "day": {part: value_of(part) for part in ("day", "month", "year")}
        if item.kind == "date"
        else {},
        "lowest": min(item.scale.values) if item.scale else "",
        "highest": max(item.scale.values) if item.scale else "",
        "progress": _("Question %(number)s of %(count)s") % {"number": place[0], "count": place[1]}
        if place
        else "",
    }


def whole(
    asked: Instrument,
    items: Sequence[Item],
    language: str,
    value_of: Callable[[int, str], object],
    wrong: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """All questions on one page. ``value_of(2, "checked04")``: what stands in the third."""
    questions = []
    for n, item in enumerate(items):
        drawn = question(asked, item, language, partial(value_of, n))
        problem = (wrong or {}).get(item.code, "")
        prefix = prefix_of(item)
        questions.append({**drawn, "level": 2, "prefix": prefix, "wrong": problem})
    return {
        "title": words(asked.title, language),
        "has_files": any(is_upload(item) for item in items),
        "questions": questions,
        "problems": [
            {"words": (wrong or {})[item.code], "target": prefix_of(item) + target(item)}
            for item in items
            if item.code in (wrong or {})
        ],
        "are_some_conditional": any(item.ask_if is not None for item in items),
    }


def is_prepared(asked: Instrument, item: Item) -> bool:
    """Whether its page is the same for everybody but for what is chosen."""
    plain = item.kind in ("scale", "choice", "text") and not has_gaps(item)
    return plain and not is_mixed(asked)


def personal(invitation: Invitation, item: Item, progress: Progress, language: str) -> Item:
    """The item with the gaps in its words filled for this person."""
    if not has_gaps(item):
        return item
    asked = instrument(
        invitation.instrument, invitation.version, organisation_id=invitation.organisation_id
    )

    def value_of(name: str) -> str:
        if name.startswith("answer:"):
            code = name.removeprefix("answer:")
            known = code in progress.answers
            return answer_words(asked.item(code), progress, language) if known else ""
        patient = invitation.patient if name == "name" else None
        called = (patient.preferred_name or patient.name.split(" ")[0]) if patient else ""
        places = {"place": invitation.place.name, "site": invitation.place.site.name}
        return called or places.get(name, "")

    return replace(
        item,
        text={lang: filled(text, value_of) for lang, text in item.text.items()},
        hint={lang: filled(text, value_of) for lang, text in item.hint.items()},
    )


def chosen(item: Item, progress: Progress) -> dict[str, str]:
    """Which answer of a question is chosen, or what was written."""
    answer = progress.answers.get(item.code)
    if item.kind == "date":
        return dict(zip(("year", "month", "day"), str(answer or "--").split("-"), strict=True))
    if item.scale is None:
        return {"written": "" if answer is None else str(answer)}
    apart = {f"checked0{NOT_APPLICABLE}": _checked(item.code in progress.not_applicable)}
    if isinstance(answer, dict):
        return apart | {f"checked0{row}0{value}": " checked" for row, value in answer.items()}
    if isinstance(answer, list) and item.kind == "ranking":
        return apart | {f"place0{value}0{n}": " selected" for n, value in enumerate(answer, 1)}
    given = answer if isinstance(answer, list) else [answer]
    return apart | {f"checked0{value}": _checked(value in given) for value in item.scale.values}


def typed(item: Item, posted: Posted) -> dict[str, str]:
    """The same of a form that comes back with a problem."""
    if item.kind == "date":
        return {part: posted.get(part, "") for part in ("day", "month", "year")}
    if item.scale is None:
        return {"written": posted.get("answer", "")}
    values = [choice.value for choice in item.scale.choices]
    rows = {
        f"checked0{row.code}0{posted.get(f'row_{row.code}', '')}": " checked" for row in item.rows
    }
    places = {f"place0{value}0{posted.get(f'place_{value}', '')}": " selected" for value in values}
    return {**rows, **places, **{f"checked0{one}": " checked" for one in posted.getlist("answer")}}


def problem_words(item: Item, why: str) -> str:
    """Why an answer cannot be kept, and what to do."""
    return {
        "long": too_long(),
        "alone": _("You chose an answer that cannot go with the others. Take one of them away."),
        "rank": _("Give each place only once, and begin with 1."),
        "date": _("Write the day as numbers, such as 27 3 2026."),
    }.get(why, _("Choose one of the answers."))


def target(item: Item) -> str:
    """The id of the first control of a question's page."""
    if item.kind == "matrix":
        return f"row_{item.rows[0].code}_1"
    if item.kind == "ranking" and item.scale is not None:
        return f"place_{item.scale.choices[0].value}"
    return {"date": "day"}.get(item.kind, "answer" if item.scale is None else "answer_1")


def check_rows(
    invitation: Invitation, asked: Instrument, progress: Progress, language: str
) -> list[dict[str, str]]:
    """Every question that is asked, with its answer in words."""
    return [
        {
            "name": words(personal(invitation, item, progress, language).text, language),
            "value": answer_words(item, progress, language),
            "url": f"../{item.code}/?from=check",
        }
        for item in asked.asked(progress.answers)
    ]


def answer_words(item: Item, progress: Progress, language: str) -> str:
    """One answer in words; a dash when it was left out."""
    if item.code in progress.not_applicable:
        return words(item.not_applicable, language)
    answer = progress.answers.get(item.code)
    if answer is None:
        return _LEFT_OUT
    if item.kind == "date":
        return long_date(date.fromisoformat(str(answer)))
    if item.kind in ("file", "voice"):
        return _("A photo was added") if item.kind == "file" else _("A recording was added")
    if item.scale is None:
        return str(answer)
    names = {each.value: words(each.words, language) for each in item.scale.choices}
    if isinstance(answer, dict):
        rows = {row.code: words(row.text, language) for row in item.rows}
        return "; ".join(f"{rows[row]}: {names[value] or value}" for row, value in answer.items())
    if isinstance(answer, list):
        numbered = item.kind == "ranking"
        said = [names[value] or str(value) for value in answer]
        return ", ".join(f"{n}. {each}" if numbered else each for n, each in enumerate(said, 1))
    return names[int(answer)] or str(answer)


def closed_words(why: str) -> dict[str, str]:
    """What to tell somebody whose link does not open a survey."""
    return {
        "answered": {
            "heading": _("You have answered already"),
            "words": _("Thank you. Each link can be used once, and your answers have arrived."),
        },
        "expired": {
            "heading": _("This survey is closed"),
            "words": _(
                "Its time is over. You can still tell us about your care on a comment card."
            ),
        },
        "kept": {
            "heading": _("This survey is closed"),
            "words": _("Its time is over. What you answered until then was kept. Thank you."),
        },
    }.get(
        why,
        {
            "heading": _("This link does not work"),
            "words": _("A part of it may be missing. Open it again from the message we sent you."),
        },
    )


def ended_words(why: str) -> dict[str, str]:
    """What to say to somebody who told us that nobody will answer."""
    return {
        "died": {
            "heading": _("We are sorry for your loss"),
            "words": _(
                "Thank you for telling us. We will send no more surveys. A person reads what you"
                " wrote and makes sure that we write to your family with care."
            ),
        },
        "stranger": {
            "heading": _("Thank you for telling us"),
            "words": _("This link was meant for somebody else. It is closed now."),
        },
    }.get(
        why,
        {
            "heading": _("We will not ask again"),
            "words": _(
                "This survey is closed, and you get no reminder of it. It does not change your"
                " care."
            ),
        },
    )


def too_long() -> str:
    """What to say of words that are longer than we can keep."""
    return _("That is longer than we can keep. Shorten it, then go on.")


def words(texts: Mapping[str, str], language: str) -> str:
    """A text in a language, else in English."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _choices(
    item: Item, language: str, value_of: Callable[[str], object], row: str = ""
) -> list[dict[str, object]]:
    if item.scale is None:
        return []
    found = [
        (str(choice.value), words(choice.words, language) or str(choice.value))
        for choice in item.scale.choices
    ]
    if item.not_applicable and not row:
        found.append((NOT_APPLICABLE, words(item.not_applicable, language)))
    return [
        {
            "value": value,
            "words": text,
            "checked": value_of(f"checked0{row}{value}"),
            "is_apart": value == NOT_APPLICABLE and bool(item.low),
        }
        for value, text in found
    ]


def _checked(on: bool) -> str:
    return " checked" if on else ""
