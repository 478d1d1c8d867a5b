"""What is the same on a survey's pages for everybody who opens them; drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wellheard.listen.cards.prepared import hole
from wellheard.listen.cards.presenters import shared_screen
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.presenters import Owner, question, whole, words
from wellheard.listen.invitations.rules import on_one_page
from wellheard.listen.surveys.instruments import Instrument, instrument
from wellheard.listen.surveys.rules import Item


@dataclass(frozen=True, slots=True)
class Setting:
    """One version of an instrument in one language at one place. ``idle``: as an invitation's."""

    organisation: str
    organisation_id: int
    languages: tuple[str, ...]
    place: str
    site: str
    code: str
    version: int
    language: str
    idle: int

    @classmethod
    def of(cls, invitation: Invitation, language: str) -> Setting:
        organisation = invitation.organisation
        return cls(
            organisation=organisation.name,
            organisation_id=organisation.pk,
            languages=tuple(organisation.languages),
            place=invitation.place.name,
            site=invitation.place.site.name,
            code=invitation.instrument,
            version=invitation.version,
            language=language,
            idle=invitation.idle_seconds,
        )

    @property
    def asked(self) -> Instrument:
        return instrument(self.code, self.version, organisation_id=self.organisation_id)

    def context(self) -> dict[str, Any]:
        return {
            "organisation": Owner(self.organisation),
            "offered_languages": list(self.languages),
            "place_name": self.place,
            "site_name": self.site,
            **shared_screen(self.idle),
        }


@dataclass(frozen=True, slots=True)
class QuestionScene:
    """One question of a survey."""

    setting: Setting
    item: str
    back_url: str

    def context(self) -> Mapping[str, Any]:
        asked = self.setting.asked
        return {
            **self.setting.context(),
            "back_url": self.back_url,
            **question(asked, asked.item(self.item), self.setting.language, hole),
        }


@dataclass(frozen=True, slots=True)
class EdgeScene:
    """The first and the last page of a survey."""

    setting: Setting
    is_begun: bool = False
    is_anonymous: bool = False

    def context(self) -> Mapping[str, Any]:
        asked, language = self.setting.asked, self.setting.language
        return {
            **self.setting.context(),
            "title": words(asked.title, language),
            "intro": words(asked.intro, language),
            "is_begun": self.is_begun,
            "is_anonymous": self.is_anonymous,
        }


@dataclass(frozen=True, slots=True)
class WholeScene:
    """All questions of a survey on one page."""

    setting: Setting

    def context(self) -> Mapping[str, Any]:
        asked, language = self.setting.asked, self.setting.language
        return {
            **self.setting.context(),
            **whole(asked, on_one_page(asked), language, lambda n, name: hole(f"q0{n}{name}")),
        }


def edge_scene(invitation: Invitation, language: str, *, is_begun: bool = False) -> EdgeScene:
    """The scene of the first and the last page."""
    setting = Setting.of(invitation, language)
    return EdgeScene(setting, is_begun=is_begun, is_anonymous=invitation.anonymous)


def question_scene(
    invitation: Invitation, item: Item, *, language: str, back_url: str
) -> QuestionScene:
    """The scene of one question of a survey."""
    return QuestionScene(Setting.of(invitation, language), item.code, back_url)


def whole_scene(invitation: Invitation, language: str) -> WholeScene:
    """The scene of all questions of a survey on one page."""
    return WholeScene(Setting.of(invitation, language))
