"""The comment engine: themes, sentiment, urgency, language and masked text of patient comments.

English themes and sentiment come from the trained linear model; themes of ward life, Spanish and
Arabic come from phrase lexicons; urgency always comes from the safety lexicon, in every language at
once, and nothing else can switch it off. Needs numpy only. `load_engine().label_one(text)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from wellheard.measures.text.features import Floats
from wellheard.measures.text.language import Language, LanguageFinder, load_language_finder
from wellheard.measures.text.lexicons import Lexicon, PreparedText, load_lexicon, prepare
from wellheard.measures.text.masking import Masker, load_masker
from wellheard.measures.text.model import LinearModel, read_model
from wellheard.measures.text.polarity import load_polarity
from wellheard.measures.text.questions import question_kind
from wellheard.measures.text.taxonomy import NHS, load_taxonomy, theme_names

MODELS: Final = Path(__file__).parent / "models"
CURRENT_MODEL: Final = "comments-2026.1"
SAFETY: Final = "safety-1"
THEMES: Final = "themes-1"
BY_LEXICON: Final = frozenset({"es", "ar"})
NOT_POSSIBLE: Final = "labelling_not_possible"
THREE_LEVELS: Final = ("positive", "neutral_or_mixed", "negative")
_BATCH: Final = 512
_PRAISE_FLOOR: Final = 0.5


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


@dataclass(frozen=True, slots=True)
class Labelled:
    """All that the engine says of one comment.

    `sentiment` runs from 1 (very positive) to 5 (very negative), 3 is neutral or mixed; `tone` is
    its three-level view. `confidence` is the mean of the sentiment's and the themes' confidences.
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

    @property
    def theme_codes(self) -> tuple[str, ...]:
        """Codes of the themes, most confident first."""
        return tuple(theme.code for theme in self.themes)

    @property
    def confidence(self) -> float:
        """How sure the engine is of its labels on the whole, 0 to 1."""
        parts = [theme.confidence for theme in self.themes] + [self.sentiment_confidence]
        return round(sum(parts) / len(parts), 3)


class _Mood(NamedTuple):
    sentiment: int
    confidence: float
    tone: str
    tone_confidence: float


_NO_MOOD: Final = _Mood(3, 0.0, THREE_LEVELS[1], 0.0)


@dataclass(frozen=True, slots=True)
class Engine:
    """Model and lexicons, loaded once; safe to share between threads."""

    model: LinearModel
    safety: Lexicon
    phrases: Lexicon
    masker: Masker
    languages: LanguageFinder

    @property
    def version(self) -> str:
        """Versions of everything that decides a label."""
        return f"{self.model.version}+themes-{self.phrases.version}+safety-{self.safety.version}"

    def label_one(
        self, text: str, question: str | None = None, language: str | None = None
    ) -> Labelled:
        """Label one comment; see `label`."""
        return self.label([text], questions=[question], languages=[language])[0]

    def label(
        self,
        texts: Sequence[str],
        *,
        questions: Sequence[str | None] | None = None,
        languages: Sequence[str | None] | None = None,
    ) -> list[Labelled]:
        """Label comments in order.

        `questions` holds, per comment, the question asked or its kind (what_good, could_improve,
        nonspecific); `languages` a two-letter code where it is known. Raises ValueError when the
        lengths differ. Any text is accepted, also empty, very long, or with control characters.
        """
        asked = questions or [None] * len(texts)
        told = languages or [None] * len(texts)
        if not len(texts) == len(asked) == len(told):
            raise ValueError("texts, questions and languages must have the same length")
        labelled: list[Labelled] = []
        for begin in range(0, len(texts), _BATCH):
            part = slice(begin, begin + _BATCH)
            labelled += self._label_batch(texts[part], asked[part], told[part])
        return labelled

    def _label_batch(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None],
        languages: Sequence[str | None],
    ) -> list[Labelled]:
        kinds = [question_kind(question) for question in questions]
        scores = self.model.scores(texts, kinds)
        return [
            self._label(text, kind, language, themes, sentiment)
            for text, kind, language, themes, sentiment in zip(
                texts, kinds, languages, scores.themes, scores.sentiment, strict=True
            )
        ]

    def _label(
        self, text: str, kind: str, told: str | None, themes: Floats, sentiment: Floats
    ) -> Labelled:
        prepared = prepare(text)
        language = self._language(prepared, told)
        by_lexicon = language.code in BY_LEXICON
        mood = _read_mood(prepared, language.code, kind) if by_lexicon else _as_mood(sentiment)
        if not prepared.tokens:
            mood = _NO_MOOD
        urgency = self._urgency(prepared)
        found = self._themes(prepared, language.code, None if by_lexicon else themes)
        return Labelled(
            themes=found,
            sentiment=mood.sentiment,
            sentiment_confidence=mood.confidence,
            tone=mood.tone,
            tone_confidence=mood.tone_confidence,
            urgent=bool(urgency),
            urgency=urgency,
            language=language,
            masked_text=self.masker.mask(text),
            is_praise=_is_praise(mood, found) and not urgency,
            engine_version=self.version,
        )

    def _language(self, prepared: PreparedText, told: str | None) -> Language:
        if told:
            return Language(told.lower()[:2], 1.0)
        return self.languages.find_words([token.word for token in prepared.tokens[:200]])

    def _urgency(self, prepared: PreparedText) -> tuple[SafetyHit, ...]:
        hits = {
            SafetyHit(hit.group, (hit.start, hit.end), hit.text)
            for hit in self.safety.find(prepared)
        }
        return tuple(sorted(hits, key=lambda hit: (hit.span, hit.group)))

    def _themes(
        self, prepared: PreparedText, language: str, scores: Floats | None
    ) -> tuple[ThemeLabel, ...]:
        if not prepared.tokens:
            return (_theme(NOT_POSSIBLE, 1.0),)
        found = self._by_phrase(prepared, language)
        if scores is not None:
            for index in np.flatnonzero(scores >= self.model.thresholds):
                code = self.model.labels[index]
                found[code] = max(found.get(code, 0.0), float(scores[index]))
        labels = (_theme(code, confidence) for code, confidence in found.items())
        return tuple(sorted(labels, key=lambda label: (-label.confidence, label.code)))

    def _by_phrase(self, prepared: PreparedText, language: str) -> dict[str, float]:
        known = language if language in ("en", "es", "ar") else "en"
        return {
            phrase.group: float(self.phrases.groups[phrase.group]["confidence"][known])
            for phrase in self.phrases.find(prepared)
        }


def _theme(code: str, confidence: float) -> ThemeLabel:
    return ThemeLabel(code, theme_names()[code]["en"], round(confidence, 3))


def _as_mood(probabilities: Floats) -> _Mood:
    levels = [float(p) for p in probabilities]
    best = int(np.argmax(probabilities))
    tones = (levels[0] + levels[1], levels[2], levels[3] + levels[4])
    tone = max(range(3), key=lambda i: tones[i])
    return _Mood(best + 1, round(levels[best], 3), THREE_LEVELS[tone], round(tones[tone], 3))


def _read_mood(prepared: PreparedText, language: str, kind: str) -> _Mood:
    sentiment, confidence = load_polarity(language).find(prepared.tokens, kind)
    tone = THREE_LEVELS[(sentiment > 2) + (sentiment > 3)]
    return _Mood(sentiment, confidence, tone, confidence)


def _is_praise(mood: _Mood, themes: Sequence[ThemeLabel]) -> bool:
    if any(theme.code == NOT_POSSIBLE for theme in themes):
        return False
    return mood.tone == THREE_LEVELS[0] and mood.sentiment <= 2


@lru_cache(maxsize=4)
def load_engine(path: Path | None = None) -> Engine:
    """The engine with the shipped model, or with the model folder at `path`; loaded once.

    Raises ModelError when the model cannot be read.
    """
    model = read_model(path or MODELS / CURRENT_MODEL)
    knows = model.vectorizer.knows
    return Engine(
        model=model,
        safety=load_lexicon(SAFETY, known_words=knows),
        phrases=load_lexicon(THEMES, known_words=knows),
        masker=load_masker(knows),
        languages=load_language_finder(),
    )


def nhs_themes() -> tuple[str, ...]:
    """Codes of the trained taxonomy, in its order."""
    return tuple(theme.code for theme in load_taxonomy(NHS))
