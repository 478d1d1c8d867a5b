"""Putting a place's poster together."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.listen.cards.queries import Spot
from wellheard.listen.cards.vocabulary import help_lines
from wellheard.listen.posters.rules import Poster, Wording, card_address, short_address


def poster_of(spot: Spot, *, base: str) -> Poster:
    """The poster of a place or touchpoint, all of it loaded. ``base``: our own address."""
    place, organisation = spot.place, spot.place.organisation
    emergency = help_lines(organisation.country).emergency
    address = card_address(base, spot.code)
    return Poster(
        organisation=organisation.name,
        place=spot.name,
        site=place.site.name,
        address=address,
        short_address=short_address(address),
        words=[
            _wording(language, emergency)
            for language in organisation.languages
            if language in _words()
        ],
    )


def _wording(language: str, emergency: str) -> Wording:
    words = _words()[language]
    return Wording(
        language=language,
        question=words["question"],
        how=words["how"],
        short=words["short"],
        not_urgent=words["not_urgent"].replace("{emergency}", emergency),
    )


def words_version() -> str:
    """The version of the words that are printed now."""
    return str(_data()["version"])


def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = _data()["languages"]
    return words


@cache
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("data", "poster-1.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
