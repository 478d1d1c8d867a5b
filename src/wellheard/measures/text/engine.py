"""The comment engine: themes, sentiment, urgency, language and masked text of patient comments.

English themes and sentiment come from the trained linear model; themes of ward life, Spanish and
Arabic come from phrase lexicons; urgency always comes from the safety lexicon, in every language at
once, and nothing else can switch it off. Needs numpy only. `load_engine().label_one(text)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from wellheard.measures.text.clauses import clauses
from wellheard.measures.text.duplicates import is_boilerplate
from wellheard.measures.text.encoder import Encoder, load_encoder
from wellheard.measures.text.features import Floats
from wellheard.measures.text.groups import STAFF
from wellheard.measures.text.labelled import (
    HEARD,
    NO_MOOD,
    NOT_HEARD,
    NOT_POSSIBLE,
    POSITIVE,
    TONES,
    Details,
    Labelled,
    Mood,
    SafetyHit,
    ThemeLabel,
)
from wellheard.measures.text.language import (
    UNKNOWN,
    Language,
    LanguageFinder,
    load_language_finder,
)
from wellheard.measures.text.lexicons import Lexicon, load_lexicon
from wellheard.measures.text.masking import Masker, load_masker
from wellheard.measures.text.model import LinearModel, Scores, read_model
from wellheard.measures.text.polarity import load_polarity
from wellheard.measures.text.prepared import PreparedText, prepare
from wellheard.measures.text.questions import question_kind
from wellheard.measures.text.taxonomy import theme_names

__all__ = ["CURRENT_MODEL", "Engine", "Labelled", "SafetyHit", "ThemeLabel", "load_engine"]

MODELS: Final = Path(__file__).parent / "models"
CURRENT_MODEL: Final = "comments-2026.1"
SAFETY: Final = "safety-1"
THEMES: Final = "themes-1"
FELT_HEARD: Final = "heard-1"
_BY_LEXICON: Final = frozenset({"es", "ar"})
_READ: Final = frozenset({"en", "es", "ar"})
_SURE_LANGUAGE: Final = 0.9
_BATCH: Final = 512
_SHORTEST_TURNING: Final = 15
_MENTIONED: Final = 0.15


class _Judgement(NamedTuple):
    """What the model says of one comment."""

    themes: dict[str, float]
    mood: Mood


@dataclass(frozen=True, slots=True)
class Engine:
    """Model and lexicons, loaded once; safe to share between threads."""

    model: LinearModel
    safety: Lexicon
    phrases: Lexicon
    masker: Masker
    languages: LanguageFinder
    felt_heard: Lexicon
    staff: Lexicon
    encoder: Encoder | None = None

    @property
    def version(self) -> str:
        """Versions of everything that decides a label."""
        parts = [
            self.model.version,
            f"themes-{self.phrases.version}",
            f"safety-{self.safety.version}",
        ]
        return "+".join([*parts, self.encoder.version] if self.encoder else parts)

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
        closely: bool = False,
    ) -> list[Labelled]:
        """Label comments in order; `closely` also fills `details`, in about twice the time.

        `questions` holds, per comment, the question asked or its kind (what_good, could_improve,
        nonspecific). `languages` holds the two-letter code of the page or phone call where it is
        known; the text's own language wins when it is plain. Raises ValueError when the lengths
        differ. Any text is accepted, also empty, very long, or with control characters.
        """
        asked = questions or [None] * len(texts)
        told = languages or [None] * len(texts)
        if not len(texts) == len(asked) == len(told):
            raise ValueError("texts, questions and languages must have the same length")
        labelled: list[Labelled] = []
        for begin in range(0, len(texts), _BATCH):
            part = slice(begin, begin + _BATCH)
            found = list(self._label_batch(texts[part], asked[part], told[part]))
            if closely:
                found = self._read_closely(texts[part], asked[part], found)
            labelled += found
        return labelled

    def _read_closely(
        self, texts: Sequence[str], questions: Sequence[str | None], found: Sequence[Labelled]
    ) -> list[Labelled]:
        """The same labels with their details."""
        parts = [_clauses_to_read(text, said) for text, said in zip(texts, found, strict=True)]
        flat = [prepare(clause) for clause_list in parts for clause in clause_list]
        kinds = [
            question_kind(question)
            for question, clause_list in zip(questions, parts, strict=True)
            for _ in clause_list
        ]
        scores = self.model.scores(flat, kinds) if flat else None
        detailed, begin = [], 0
        for text, said, clause_list in zip(texts, found, parts, strict=True):
            end = begin + len(clause_list)
            moods = {theme.code: said.sentiment for theme in said.themes}
            if scores is not None and clause_list:
                part = Scores(scores.themes[begin:end], scores.sentiment[begin:end])
                moods = self._moods_by_theme(said, flat[begin:end], kinds[begin], part)
            begin = end
            detailed.append(replace(said, details=self._details(text, said, moods)))
        return detailed

    def _moods_by_theme(
        self, said: Labelled, clause_list: Sequence[PreparedText], kind: str, scores: Scores
    ) -> dict[str, int]:
        """Sentiment of each theme: that of the clause that mentions it most plainly."""
        language = said.language.code
        if language in _BY_LEXICON:
            levels = [_mood_by_words(part, language, kind).sentiment for part in clause_list]
        else:
            levels = [mood.sentiment for mood in _moods(scores.sentiment)]
        spoken = [self._by_phrase(part, language) for part in clause_list]
        columns = {code: i for i, code in enumerate(self.model.labels)}
        moods: dict[str, int] = {}
        for theme in said.themes:
            column = columns.get(theme.code)
            plain = [
                max(
                    found.get(theme.code, 0.0),
                    0.0 if column is None or language in _BY_LEXICON else float(row[column]),
                )
                for found, row in zip(spoken, scores.themes, strict=True)
            ]
            most = int(np.argmax(plain))
            moods[theme.code] = levels[most] if plain[most] >= _MENTIONED else said.sentiment
        return moods

    def _details(self, text: str, said: Labelled, moods: dict[str, int]) -> Details:
        prepared = prepare(text)
        heard = {phrase.group for phrase in self.felt_heard.find(prepared)}
        named = dict.fromkeys(phrase.group for phrase in self.staff.find(prepared))
        return Details(
            sentiments=moods,
            heard=NOT_HEARD if NOT_HEARD in heard else HEARD if HEARD in heard else "",
            staff=tuple(named),
            boilerplate=is_boilerplate(text),
        )

    def _label_batch(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None],
        languages: Sequence[str | None],
    ) -> Iterator[Labelled]:
        kinds = [question_kind(question) for question in questions]
        prepared = [prepare(text) for text in texts]
        scores, thresholds = self.model.scores(prepared, kinds), self.model.thresholds
        if self.encoder is not None:
            scores = self.encoder.averaged(scores, texts, kinds)
            thresholds = self.encoder.thresholds
        judged = self._judge(scores, thresholds)
        return map(self._label, prepared, kinds, languages, judged, repeat(self.version))

    def _judge(self, scores: Scores, thresholds: Floats) -> list[_Judgement]:
        """Themes at or above their thresholds, and the mood, of each comment."""
        judged = [_Judgement({}, mood) for mood in _moods(scores.sentiment)]
        rows, columns = np.nonzero(scores.themes >= thresholds)
        found = scores.themes[rows, columns].tolist()
        for row, column, confidence in zip(rows.tolist(), columns.tolist(), found, strict=True):
            judged[row].themes[self.model.labels[column]] = confidence
        return judged

    def _label(
        self,
        prepared: PreparedText,
        kind: str,
        told: str | None,
        judged: _Judgement,
        version: str,
    ) -> Labelled:
        language = self._language(prepared, told)
        urgency = self._urgency(prepared)
        themes, mood = self._themes_and_mood(prepared, kind, language, judged)
        return Labelled(
            themes=themes,
            sentiment=mood.sentiment,
            sentiment_confidence=mood.confidence,
            tone=mood.tone,
            tone_confidence=mood.tone_confidence,
            urgent=bool(urgency),
            urgency=urgency,
            language=language,
            masked_text=self.masker.mask(prepared.text),
            is_praise=_is_praise(mood, themes) and not urgency,
            engine_version=version,
        )

    def _language(self, prepared: PreparedText, told: str | None) -> Language:
        found = self.languages.find_words(prepared.words)
        if not told or (found.code in _READ and found.confidence >= _SURE_LANGUAGE):
            return found
        return Language(told.lower()[:2], 1.0)

    def _urgency(self, prepared: PreparedText) -> tuple[SafetyHit, ...]:
        found = self.safety.find(prepared)
        hits = {SafetyHit(hit.group, (hit.start, hit.end), hit.text) for hit in found}
        return tuple(sorted(hits, key=lambda hit: (hit.span, hit.group)))

    def _themes_and_mood(
        self, prepared: PreparedText, kind: str, language: Language, judged: _Judgement
    ) -> tuple[tuple[ThemeLabel, ...], Mood]:
        if not prepared.words:
            return (_theme(NOT_POSSIBLE, 1.0),), NO_MOOD
        found = self._by_phrase(prepared, language.code)
        if language.code in _BY_LEXICON:
            mood = _mood_by_words(prepared, language.code, kind)
        elif language.code == "en" or language == Language(UNKNOWN, 0.0):
            mood = judged.mood
            found = {**found, **judged.themes}
        else:
            mood = NO_MOOD
        return _sorted_themes(found), mood

    def _by_phrase(self, prepared: PreparedText, language: str) -> dict[str, float]:
        known = language if language in _READ else "en"
        return {
            phrase.group: float(self.phrases.groups[phrase.group]["confidence"][known])
            for phrase in self.phrases.find(prepared, language=known)
        }


def _clauses_to_read(text: str, said: Labelled) -> list[str]:
    """The clauses of a comment whose themes may differ in feeling; none where all is one."""
    if len(text) < _SHORTEST_TURNING or not said.themes:
        return []
    found = clauses(text)
    return found if len(found) > 1 else []


def _sorted_themes(found: dict[str, float]) -> tuple[ThemeLabel, ...]:
    """Most confident first; "cannot be labelled" only where nothing else was found."""
    if len(found) > 1:
        found.pop(NOT_POSSIBLE, None)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(_theme(code, confidence) for code, confidence in ordered)


def _theme(code: str, confidence: float) -> ThemeLabel:
    return ThemeLabel(code, theme_names()[code]["en"], round(confidence, 3))


def _moods(probabilities: Floats) -> list[Mood]:
    """The likeliest level and, apart from it, the likeliest of the three tones."""
    tones = np.stack(
        [probabilities[:, :2].sum(1), probabilities[:, 2], probabilities[:, 3:].sum(1)], axis=1
    )
    levels = zip(probabilities.argmax(1).tolist(), probabilities.max(1).tolist(), strict=True)
    views = zip(tones.argmax(1).tolist(), tones.max(1).tolist(), strict=True)
    return [
        Mood(level + 1, round(sure, 3), TONES[tone], round(tone_sure, 3))
        for (level, sure), (tone, tone_sure) in zip(levels, views, strict=True)
    ]


def _mood_by_words(prepared: PreparedText, language: str, kind: str) -> Mood:
    sentiment, confidence = load_polarity(language).find(prepared.words, kind)
    tone = TONES[(sentiment > 2) + (sentiment > 3)]
    return Mood(sentiment, confidence, tone, confidence)


def _is_praise(mood: Mood, themes: Sequence[ThemeLabel]) -> bool:
    if any(theme.code == NOT_POSSIBLE for theme in themes):
        return False
    return mood.tone == POSITIVE and mood.sentiment <= 2


@lru_cache(maxsize=4)
def load_engine(path: Path | None = None, *, encoder: Path | None = None) -> Engine:
    """The engine with the shipped model, or with the model folder at `path`; loaded once.

    With the folder of an `encoder` both models are read together. Raises ModelError when a model
    cannot be read.
    """
    model = read_model(path or MODELS / CURRENT_MODEL)
    knows = model.vectorizer.knows
    return Engine(
        model=model,
        safety=load_lexicon(SAFETY, known_words=knows),
        phrases=load_lexicon(THEMES, known_words=knows),
        masker=load_masker(knows),
        languages=load_language_finder(),
        felt_heard=load_lexicon(FELT_HEARD, known_words=knows),
        staff=load_lexicon(STAFF, known_words=knows),
        encoder=load_encoder(encoder) if encoder else None,
    )
