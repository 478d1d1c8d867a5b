"""What is the same on a survey's pages for everybody who opens them; drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wellheard.listen.cards.prepared import hole
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.presenters import Owner, question, whole, words
from wellheard.listen.invitations.rules import on_one_page
from wellheard.listen.surveys.instruments import instrument
from wellheard.listen.surveys.rules import Item


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


@dataclass(frozen=True, slots=True)
class EdgeScene:
    """The first and the last page of one version of an instrument, at one place."""

    organisation: str
    organisation_id: int
    languages: tuple[str, ...]
    place: str
    site: str
    code: str
    version: int
    language: str
    is_begun: bool = False
    is_anonymous: bool = False

    def context(self) -> Mapping[str, Any]:
        asked = instrument(self.code, self.version, organisation_id=self.organisation_id)
        return {
            "organisation": Owner(self.organisation),
            "offered_languages": list(self.languages),
            "place_name": self.place,
            "site_name": self.site,
            "title": words(asked.title, self.language),
            "intro": words(asked.intro, self.language),
            "is_begun": self.is_begun,
            "is_anonymous": self.is_anonymous,
        }


def edge_scene(invitation: Invitation, language: str, *, is_begun: bool = False) -> EdgeScene:
    """The scene of the first and the last page."""
    organisation = invitation.organisation
    return EdgeScene(
        organisation=organisation.name,
        organisation_id=organisation.pk,
        languages=tuple(organisation.languages),
        place=invitation.place.name,
        site=invitation.place.site.name,
        code=invitation.instrument,
        version=invitation.version,
        language=language,
        is_begun=is_begun,
        is_anonymous=invitation.anonymous,
    )


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


@dataclass(frozen=True, slots=True)
class WholeScene:
    """All questions of one version of an instrument on one page, at one place."""

    organisation: str
    organisation_id: int
    languages: tuple[str, ...]
    place: str
    site: str
    code: str
    version: int
    language: str

    def context(self) -> Mapping[str, Any]:
        asked = instrument(self.code, self.version, organisation_id=self.organisation_id)
        return {
            "organisation": Owner(self.organisation),
            "offered_languages": list(self.languages),
            "place_name": self.place,
            "site_name": self.site,
            **whole(asked, on_one_page(asked), self.language, lambda n, name: hole(f"q0{n}{name}")),
        }


def whole_scene(invitation: Invitation, language: str) -> WholeScene:
    """The scene of all questions of a survey on one page."""
    organisation = invitation.organisation
    return WholeScene(
        organisation=organisation.name,
        organisation_id=organisation.pk,
        languages=tuple(organisation.languages),
        place=invitation.place.name,
        site=invitation.place.site.name,
        code=invitation.instrument,
        version=invitation.version,
        language=language,
    )
