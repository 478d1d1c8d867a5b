"""What the engine says of a comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wellheard.measures.text.language import Language

POSITIVE, NEUTRAL_OR_MIXED, NEGATIVE = TONES = ("positive", "neutral_or_mixed", "negative")
NOT_POSSIBLE: Final = "labelling_not_possible"
HEARD, NOT_HEARD = "heard", "not_heard"


class ThemeLabel(NamedTuple):
    """A theme found: stable code, English name, calibrated confidence 0 to 1."""

    code: str
    name: str
    confidence: float


class SafetyHit(NamedTuple):
    """A safety phrase: its group, its place (start, end) in the original text, its words."""

    group: str
    span: tuple[int, int]
    phrase: str


class Mood(NamedTuple):
    """Sentiment 1 (very positive) to 5 (very negative), 3 neutral or mixed; tone is its three-level
    view; confidences 0 to 1."""

    sentiment: int
    confidence: float
    tone: str
    tone_confidence: float


NO_MOOD: Final = Mood(3, 0.0, NEUTRAL_OR_MIXED, 0.0)


@dataclass(frozen=True, slots=True)
class Details:
    """What is found by reading closer: sentiment (1-5) by theme, from the clauses that mention it;
    whether the person felt heard ("heard", "not_heard" or "" where nothing says so); groups of
    staff that are named; whether the comment only says that nothing is answered."""

    sentiments: Mapping[str, int] = field(default_factory=dict)
    heard: str = ""
    staff: tuple[str, ...] = ()
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """All that the engine says of one comment.

    `sentiment` runs from 1 (very positive) to 5 (very negative), 3 is neutral or mixed; `tone` is
    its three-level view (one of TONES). `urgent` is true whenever `urgency` holds a hit.
    """

    themes: tuple[ThemeLabel, ...]
    sentiment: int
    sentiment_confidence: float
    tone: str
    tone_confidence: float
    urgent: bool
    urgency: tuple[SafetyHit, ...]
    language: Language
    masked_text: str
    is_praise: bool
    engine_version: str
    details: Details = field(default_factory=Details)

    @property
    def theme_codes(self) -> tuple[str, ...]:
        """Codes of the themes, most confident first."""
        return tuple(theme.code for theme in self.themes)

    @property
    def confidence(self) -> float:
        """How sure the engine is on the whole: the mean confidence of sentiment and themes."""
        parts = [theme.confidence for theme in self.themes] + [self.sentiment_confidence]
        return round(sum(parts) / len(parts), 3)
