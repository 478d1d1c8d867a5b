"""What the pages of a survey show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wellheard.listen.cards.prepared import hole
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.rules import NOT_APPLICABLE, Progress, place_in
from wellheard.listen.surveys.instruments import instrument
from wellheard.listen.surveys.rules import Instrument, Item

_LEFT_OUT = "–"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose page it is, as the frame shows it."""

    name: str


@dataclass(frozen=True, slots=True)
class QuestionScene:
    """One question of one version of an instrument, at one place."""

    organisation: str
    organisation_id: int
    languages: tuple[str, ...]
    place: str
    site: str
    code: str
    version: int
    item: str
    language: str
    back_url: str

    def context(self) -> Mapping[str, Any]:
        asked = instrument(self.code, self.version, organisation_id=self.organisation_id)
        return {
            "organisation": Owner(self.organisation),
            "offered_languages": list(self.languages),
            "place_name": self.place,
            "site_name": self.site,
            "back_url": self.back_url,
            **question(asked, asked.item(self.item), self.language, hole),
        }


def question_scene(
    invitation: Invitation, item: Item, *, language: str, back_url: str
) -> QuestionScene:
    """The scene of one question of a survey."""
    organisation = invitation.organisation
    return QuestionScene(
        organisation=organisation.name,
        organisation_id=organisation.pk,
        languages=tuple(organisation.languages),
        place=invitation.place.name,
        site=invitation.place.site.name,
        code=invitation.instrument,
        version=invitation.version,
        item=item.code,
        language=language,
        back_url=back_url,
    )


def frame(invitation: Invitation) -> dict[str, Any]:
    """What every page of a survey shares."""
    organisation = invitation.organisation
    return {
        "organisation": Owner(organisation.name),
        "offered_languages": organisation.languages,
        "place_name": invitation.place.name,
        "site_name": invitation.place.site.name,
    }


def question(
    asked: Instrument, item: Item, language: str, value_of: Callable[[str], object]
) -> dict[str, Any]:
    """One question in words. ``value_of``: what stands at "checked04" or "written"."""
    place = place_in(asked, item)
    return {
        "item": item,
        "text": words(item.text, language),
        "hint": words(item.hint, language),
        "low": words(item.low, language),
        "high": words(item.high, language),
        "choices": _choices(item, language, value_of),
        "written": value_of("written") if item.scale is None else "",
        "lowest": min(item.scale.values) if item.scale else "",
        "highest": max(item.scale.values) if item.scale else "",
        "progress": _("Question %(number)s of %(count)s") % {"number": place[0], "count": place[1]}
        if place
        else "",
    }


def chosen(item: Item, progress: Progress) -> dict[str, str]:
    """Which answer of a question is chosen, or what was written."""
    if item.scale is None:
        return {"written": str(progress.answers.get(item.code, ""))}
    answer = progress.answers.get(item.code)
    values = {f"checked0{value}": _checked(value == answer) for value in item.scale.values}
    return {**values, f"checked0{NOT_APPLICABLE}": _checked(item.code in progress.not_applicable)}


def check_rows(instrument: Instrument, progress: Progress, language: str) -> list[dict[str, str]]:
    """Every question that is asked, with its answer in words."""
    return [
        {
            "name": words(item.text, language),
            "value": answer_words(item, progress, language),
            "url": f"../{item.code}/?from=check",
        }
        for item in instrument.asked(progress.answers)
    ]


def answer_words(item: Item, progress: Progress, language: str) -> str:
    """One answer in words; a dash when it was left out."""
    if item.code in progress.not_applicable:
        return words(item.not_applicable, language)
    answer = progress.answers.get(item.code)
    if answer is None:
        return _LEFT_OUT
    for choice in item.scale.choices if item.scale else ():
        if choice.value == answer:
            return words(choice.words, language) or str(answer)
    return str(answer)


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
    }.get(
        why,
        {
            "heading": _("This link does not work"),
            "words": _("A part of it may be missing. Open it again from the message we sent you."),
        },
    )


def words(texts: Mapping[str, str], language: str) -> str:
    """A text in a language, else in English."""
    return texts.get(language) or texts.get("en", "")


def _choices(
    item: Item, language: str, value_of: Callable[[str], object]
) -> list[dict[str, object]]:
    if item.scale is None:
        return []
    found = [
        (str(choice.value), words(choice.words, language) or str(choice.value))
        for choice in item.scale.choices
    ]
    if item.not_applicable:
        found.append((NOT_APPLICABLE, words(item.not_applicable, language)))
    return [
        {
            "value": value,
            "words": text,
            "checked": value_of(f"checked0{value}"),
            "is_apart": value == NOT_APPLICABLE and bool(item.low),
        }
        for value, text in found
    ]


def _checked(on: bool) -> str:
    return " checked" if on else ""
