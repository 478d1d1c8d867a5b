"""What must not stand in a text message: illness named, addresses, numbers, dates of birth.

A text lies open on a locked screen and in the carrier's records, so it says that there is an
answer and where to read it, and nothing about the person.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from wellheard.channels.outbox.wordlists import word_list

_LIST = "private-2026-11"


def private_findings(text: str) -> tuple[str, ...]:
    """The kinds of private matter found, each once: e.g. ("condition", "email"). Never the matter
    itself, so that the answer may be stored and shown."""
    plain = _plain(text)
    found = [kind for kind, words in _words().items() if words.search(plain)]
    found += [kind for kind, pattern in _patterns().items() if pattern.search(text)]
    return tuple(dict.fromkeys(found))


@cache
def _words() -> dict[str, re.Pattern[str]]:
    """One pattern per kind; a word ending in * matches every word that begins so."""
    kinds: dict[str, dict[str, list[str]]] = word_list(_LIST)["words"]
    return {
        kind: re.compile("|".join(_word(word) for words in languages.values() for word in words))
        for kind, languages in kinds.items()
    }


def _word(word: str) -> str:
    # Arabic joins the article and one-letter words to the front: "والسكري" is "and the diabetes".
    front = r"(?<!\w)(?:[وفبلك]?(?:ال)?)?" if re.search(r"[\u0600-\u06ff]", word) else r"(?<!\w)"
    stem = re.escape(_plain(word.rstrip("*"))).replace(r"\ ", r"\s+")
    return front + stem + (r"\w*" if word.endswith("*") else r"(?!\w)")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    patterns: dict[str, str] = word_list(_LIST)["patterns"]
    return {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in patterns.items()}


def _plain(text: str) -> str:
    """Case, accents and Arabic vowel signs do not hide a word."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in apart if not unicodedata.combining(char))
