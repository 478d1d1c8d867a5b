"""A card, pure: its answers, which page comes next, and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from wellheard.listen.intake.rules.words import read_line, read_words

Reply = Literal["", "no", "sms", "email"]
Step = Literal["rating", "story", "reply", "contact", "check"]

RATINGS = (5, 4, 3, 2, 1)
UNSAID = "unsaid"
DRAFT_LIVES = timedelta(hours=24)
MOST_FILES = 3
# How long the last page of a sent card stays on a shared screen.
THANKS_IDLE = 60
_NAME_LONGEST = 120
_CONTACT_LONGEST = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a person has answered so far; "" and None: not yet, or left out."""

    rating: int | None = None
    rating_unsaid: bool = False
    story: str = ""
    reply: Reply = ""
    contact: str = ""
    name: str = ""
    files: int = 0
    # On a shared screen of ours: "kiosk", or "assisted" with staff beside; and after how many
    # seconds without a touch it is cleared.
    mode: str = ""
    idle: int = 0

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Card:
        """The card of a draft; fields that this version does not know are left out."""
        return cls(**{name: kept[name] for name in cls.__slots__ if name in kept})

    def kept(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def on_kiosk(self) -> bool:
        return self.mode != ""

    @property
    def wants_reply(self) -> bool:
        return self.reply in ("sms", "email")


def with_rating(card: Card, typed: str) -> Card:
    """The card with the answer to the one question. Nothing chosen is an answer too."""
    given = int(typed) if typed.isascii() and typed.isdecimal() else 0
    return replace(card, rating=given if given in RATINGS else None, rating_unsaid=typed == UNSAID)


def with_story(card: Card, typed: str) -> Card:
    """The card with the story. Raises TooLongError."""
    return replace(card, story=read_words(typed))


def with_reply(card: Card, typed: str) -> Card:
    """The card with the wish for a reply; a changed wish forgets the other contact."""
    reply: Reply = "sms" if typed == "sms" else "email" if typed == "email" else "no"
    if reply == card.reply:
        return card
    return replace(card, reply=reply, contact="", name=card.name if reply != "no" else "")


def with_contact(card: Card, *, contact: str, name: str) -> Card:
    """The card with the contact as typed; whether it can be one is asked before it is sent."""
    return replace(
        card,
        contact=read_line(contact, longest=_CONTACT_LONGEST),
        name=read_line(name, longest=_NAME_LONGEST),
    )


def step_after(step: Step, card: Card, *, only_changing: bool) -> Step:
    """The next page. ``only_changing``: the person came from the last page to change one thing."""
    if step == "reply" and card.wants_reply:
        return "contact" if not (only_changing and card.contact) else "check"
    if only_changing or step in ("reply", "contact"):
        return "check"
    return "story" if step == "rating" else "reply"


def step_before(step: Step, card: Card, *, only_changing: bool) -> Step | None:
    """The page that Back leads to; None on the first."""
    if only_changing:
        return "reply" if step == "contact" else "check"
    if step == "check":
        return "contact" if card.wants_reply else "reply"
    before: dict[Step, Step] = {"story": "rating", "reply": "story", "contact": "reply"}
    return before.get(step)


def is_empty(card: Card) -> bool:
    """Whether there is nothing in it that could be read or counted."""
    return card.rating is None and not card.story and not card.files
