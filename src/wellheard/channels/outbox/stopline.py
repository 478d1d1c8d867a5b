"""The line that tells how to end text messages."""

from __future__ import annotations

from wellheard.channels.outbox.wordlists import word_list


def stop_line(language: str) -> str:
    """The line in the language, or in English where there is none."""
    lines: dict[str, str] = word_list("stop-line-2026-11")["lines"]
    return lines.get(language.split("-")[0].casefold(), lines["en"])


def with_stop_line(text: str, language: str) -> str:
    """``text`` with the line at its end; unchanged when it says the word already."""
    mark: str = word_list("stop-line-2026-11")["mark"]
    return text if mark in text.split() else f"{text.rstrip()} {stop_line(language)}"
