"""What people write, made safe to keep: no control characters, not empty, not endless."""

from __future__ import annotations

import unicodedata

LONGEST = 20_000


class EmptyWordsError(ValueError):
    """Something has to be written here."""


class TooManyWordsError(ValueError):
    """The text is longer than we can keep. `longest` is the limit in characters."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"at most {longest} characters")
        self.longest = longest


def read_words(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` in one Unicode form, without control characters, trimmed.

    Raises EmptyWordsError, TooManyWordsError.
    """
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if character in "\n\t" or unicodedata.category(character) != "Cc"
    ).strip()
    if not kept:
        raise EmptyWordsError("nothing is written")
    if len(kept) > longest:
        raise TooManyWordsError(longest)
    return kept
