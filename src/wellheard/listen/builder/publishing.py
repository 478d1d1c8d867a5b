"""What stands between a draft and publishing it, pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wellheard.listen.surveys.flow import Fault, check_flow
from wellheard.listen.surveys.languages import completeness, only_languages
from wellheard.listen.surveys.logic import InstrumentError
from wellheard.listen.surveys.rules import Instrument, read_draft, read_instrument
from wellheard.listen.surveys.wording import GapFault, gap_faults

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason not to publish. ``kind``: "empty", "owner", "review_on", "review_past",
    "language" (none is complete and read), "official" (words of an official survey) or "broken"
    (``detail`` says where the definition contradicts itself)."""

    kind: str
    item: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Everything that was found in a draft. ``live``: the languages that would be published."""

    obstacles: tuple[Obstacle, ...]
    flow: tuple[Fault, ...]
    gaps: tuple[GapFault, ...]
    live: tuple[str, ...]

    @property
    def may_publish(self) -> bool:
        return not (self.obstacles or self.gaps or any(fault.stops for fault in self.flow))


def check_draft(
    definition: Definition, *, today: date, official: Iterable[Instrument] = ()
) -> Check:
    """Look a draft through. ``official``: the surveys whose words may not be borrowed."""
    live = tuple(each.language for each in completeness(definition) if each.goes_live)
    obstacles = list(_settings(definition, today))
    if not live:
        obstacles.append(Obstacle("language"))
    try:
        draft = read_draft(definition)
    except InstrumentError as error:
        return Check((*obstacles, Obstacle("broken", detail=str(error))), (), (), live)
    obstacles += [Obstacle("official", code) for code in borrowed(draft, official)]
    flow = tuple(check_flow(draft)) if draft.items else ()
    if live and draft.items and not any(fault.stops for fault in flow):
        obstacles += _broken(definition, frozenset(live))
    return Check(tuple(obstacles), flow, tuple(gap_faults(draft)), live)


def as_published(definition: Definition) -> dict[str, Any]:
    """The definition with the languages that may go live, and no others."""
    live = frozenset(each.language for each in completeness(definition) if each.goes_live)
    return only_languages(definition, live)


def borrowed(draft: Instrument, official: Iterable[Instrument]) -> list[str]:
    """Items that ask in the words of an official survey.

    An official question between questions of the house is no longer comparable with anything, and
    its neighbours change how it is answered; so it is asked in its own survey or not at all.
    """
    theirs = {
        _plain(text)
        for each in official
        for item in each.items
        if item.status == "stated"
        for text in item.text.values()
    }
    return [
        item.code for item in draft.items if any(_plain(t) in theirs for t in item.text.values())
    ]


def _settings(definition: Definition, today: date) -> Iterable[Obstacle]:
    if not definition["items"]:
        yield Obstacle("empty")
    if not definition.get("owner", "").strip():
        yield Obstacle("owner")
    try:
        review = date.fromisoformat(definition.get("review_on", ""))
    except ValueError:
        yield Obstacle("review_on")
    else:
        if review <= today:
            yield Obstacle("review_past")


def _broken(definition: Definition, live: frozenset[str]) -> list[Obstacle]:
    try:
        read_instrument(only_languages(definition, live))
    except InstrumentError as error:
        return [Obstacle("broken", detail=str(error))]
    return []


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
