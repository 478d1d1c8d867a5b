"""Pure reading of what a patient wrote back: a word that means something to us, or an answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Lists = Mapping[str, Mapping[str, Sequence[str]]]  # meaning -> language -> words


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The dated word lists."""

    words: Lists
    phrases: Lists
    courtesy: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """``word``: stop, start, help or reply; ``language`` of the word that was recognised, "" for
    a reply; ``says_more``: there is more in it than the word, so somebody should read it."""

    word: str
    language: str
    says_more: bool


def read_reply(text: str, vocabulary: Vocabulary) -> Reading:
    """What a text is.

    A text that is nothing but the word (courtesy aside) is the word. A stop also counts inside a
    sentence when the sentence is about our messages, and then the rest is still read by somebody:
    "stop texting me, my mother died in your ward". "The pain did not stop" stops nothing.
    """
    plain = plain_words(text)
    bare = tuple(word for word in plain if word not in vocabulary.courtesy)
    for said in (plain, bare):
        if found := _exact(said, vocabulary.words):
            return Reading(found[0], found[1], says_more=False)
    if found := _contained(plain, vocabulary.phrases):
        return Reading(found[0], found[1], says_more=True)
    return Reading("reply", "", says_more=bool(text.strip()))


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents, apostrophes and punctuation."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(char for char in apart if not unicodedata.combining(char))
    letters = re.sub(r"[\u2019'\u0640]", "", letters)
    return tuple(re.findall(r"[^\W_]+", letters))


def _exact(said: tuple[str, ...], lists: Lists) -> tuple[str, str] | None:
    return next(
        (
            (meaning, language)
            for meaning, languages in lists.items()
            for language, words in languages.items()
            if any(plain_words(word) == said for word in words)
        ),
        None,
    )


def _contained(said: tuple[str, ...], lists: Lists) -> tuple[str, str] | None:
    text = f" {' '.join(said)} "
    return next(
        (
            (meaning, language)
            for meaning, languages in lists.items()
            for language, phrases in languages.items()
            if any(f" {' '.join(plain_words(phrase))} " in text for phrase in phrases)
        ),
        None,
    )
