"""How hard a text is to read: Flesch-Kincaid and SMOG for English, Fernández Huerta for Spanish.

Works without any network or word list. Syllables are counted by spelling rules, which for
English err by a few per cent on single words and average out over a letter.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from wellheard.measures.errors import EmptyData, UnknownName

_SENTENCE_END = re.compile(r"[.!?…]+(?:[\"'”’)\]]*)(?=\s|$)|\n\s*\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_ENGLISH_VOWELS = re.compile(r"[aeiouy]+")
# Vowel pairs that are spoken as two syllables, by the letters around them.
_SPLIT_PAIRS = re.compile(
    r"(?<![ctgs])i(?:a|o(?!n)|ou)|i(?:u|en[ct]|et)(?<![cst]ien[ct])|ua(?=l|t)|^scie|crea|reali|rea(?=ct)"
    r"|(?:id|ar|th)ea(?!r)|haos|(?<![p])eo(?![un])|[aeoy]ing|(?<=[^q])uie?t(?=ion)"
)
_STRONG, _WEAK = "aeoáéó", "iuüy"


@dataclass(frozen=True, slots=True)
class Readability:
    """Counts and scores of one text; a score that does not fit the language is None.

    `grade` is the US school grade of the Flesch-Kincaid formula, `smog` that of SMOG (settled
    from 30 sentences; `smog_settled` says so), `ease` runs from 0 (hard) to 100 (easy).
    """

    language: str
    n_sentences: int
    n_words: int
    n_syllables: int
    n_long_words: int
    grade: float | None
    smog: float | None
    smog_settled: bool
    ease: float
    method: str


def readability(text: str, *, language: str) -> Readability:
    """Score `text` in `language`, "en" or "es" (a region such as "es-MX" is ignored).

    Raises EmptyData when there are no words and UnknownName for other languages.
    """
    base = language.lower().replace("_", "-").partition("-")[0]
    if base not in _SCORES:
        raise UnknownName("language", f"no readability formula for {language!r}; en and es have")
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    if not words:
        raise EmptyData("text", "holds no words")
    count, score = _SCORES[base]
    syllables = [count(word) for word in words]
    return score(_sentences(text), syllables)


def syllables_en(word: str) -> int:
    """Return the syllables of an English word by its spelling; a number counts its digits."""
    if word[0].isdigit():
        return sum(character.isdigit() for character in word)
    plain = re.sub(r"['’].*$", "", _without_accents(word.lower()))
    trimmed = plain if len(plain) <= 3 else _trimmed_end(plain)
    groups = len(_ENGLISH_VOWELS.findall(trimmed))
    return max(1, groups + len(_SPLIT_PAIRS.findall(trimmed)))


def syllables_es(word: str) -> int:
    """Return the syllables of a Spanish word: vowel groups, with hiatus split."""
    if word[0].isdigit():
        return sum(character.isdigit() for character in word)
    letters = re.sub(r"qu|gu(?=[eiéí])", "k", word.lower())
    # A final y sounds as a vowel, any other y as a consonant.
    letters = re.sub(r"y(?=.)", "j", letters)
    count, previous = 0, ""
    for letter in letters:
        if letter in _STRONG or letter in "íú":
            # Two strong vowels, or a stressed weak one, stand in separate syllables.
            joins = previous != "" and previous in _WEAK and letter not in "íú"
            count += 0 if joins else 1
        elif letter in _WEAK:
            joins = previous != "" and (previous in _STRONG or previous in _WEAK)
            count += 0 if joins else 1
        previous = letter if letter in _STRONG or letter in _WEAK or letter in "íú" else ""
    return max(1, count)


def _trimmed_end(word: str) -> str:
    if re.search(r"(?:[^aeiouy]le|[^aeiouy]les)$", word):
        return word
    if re.search(r"(?:[sxz]|ch|sh|ce|ge|c|g)es$", word) or re.search(r"[td]ed$", word):
        return word
    return re.sub(r"(?:es|ed|e)$", "", word)


def _without_accents(word: str) -> str:
    split = unicodedata.normalize("NFD", word)
    return "".join(character for character in split if not unicodedata.combining(character))


def _sentences(text: str) -> int:
    pieces = _SENTENCE_END.split(text)
    return max(1, sum(1 for piece in pieces if _WORD.search(piece)))


def _score_en(sentences: int, syllables: list[int]) -> Readability:
    words, total = len(syllables), sum(syllables)
    long_words = sum(1 for count in syllables if count >= 3)
    per_sentence, per_word = words / sentences, total / words
    return Readability(
        "en",
        sentences,
        words,
        total,
        long_words,
        0.39 * per_sentence + 11.8 * per_word - 15.59,
        1.0430 * math.sqrt(long_words * 30 / sentences) + 3.1291,
        sentences >= 30,
        206.835 - 1.015 * per_sentence - 84.6 * per_word,
        "Flesch-Kincaid grade (Kincaid 1975), SMOG (McLaughlin 1969), Flesch ease (1948)",
    )


def _score_es(sentences: int, syllables: list[int]) -> Readability:
    words, total = len(syllables), sum(syllables)
    return Readability(
        "es",
        sentences,
        words,
        total,
        sum(1 for count in syllables if count >= 3),
        None,
        None,
        False,
        # The 1959 print swapped a definition; this is the form Law (2011) restored.
        206.84 - 60 * total / words - 1.02 * words / sentences,
        "Fernández Huerta (1959, as corrected by Law 2011)",
    )


_SCORES = {"en": (syllables_en, _score_en), "es": (syllables_es, _score_es)}
