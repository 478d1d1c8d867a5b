"""A bounded memory of what was worked out for a word: most words come again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

V = TypeVar("V")


class Remembered(dict[str, V]):
    """A table that works out a missing entry when it is asked for, and begins anew when full.

    `map(table.__getitem__, words)` then runs without a step of Python for each known word.
    """

    def __init__(self, work_out: Callable[[str], V], limit: int) -> None:
        super().__init__()
        self._work_out = work_out
        self._limit = limit

    def __missing__(self, word: str) -> V:
        value = self._work_out(word)
        if len(self) >= self._limit:
            self.clear()
        self[word] = value
        return value
