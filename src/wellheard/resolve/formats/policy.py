"""How letters are made in other formats, from versioned data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.resolve.formats.rules.easy import Variant, variant_of


@dataclass(frozen=True, slots=True)
class FormatPolicy:
    """The rules in force. Sizes in points, bytes and seconds; ``symbols``: paths in a box of 48."""

    version: str
    source: str
    standard_points: float
    large_points: float
    easy_points: float
    most_words: Mapping[str, int]
    grade_limit: float
    words_per_minute: int
    voices: Mapping[str, str]
    speech_timeout: int
    sign_languages: Mapping[str, str]
    most_video: int
    most_recording: int
    due_days: Mapping[str, int]
    symbols: Mapping[str, str]
    symbol_of: Mapping[str, str]


@cache
def format_policy() -> FormatPolicy:
    """The rules in force."""
    page = _page("formats-2026-11.json")
    easy, audio, signed = page["easy"], page["audio"], page["signed"]
    return FormatPolicy(
        version=page["version"],
        source=page["source"],
        standard_points=page["standard"]["points"],
        large_points=page["large"]["points"],
        easy_points=easy["points"],
        most_words=easy["most_words"],
        grade_limit=easy["grade_limit"],
        words_per_minute=audio["words_per_minute"],
        voices=audio["voices"],
        speech_timeout=audio["timeout_seconds"],
        sign_languages=signed["languages"],
        most_video=signed["most_bytes"],
        most_recording=page["recording"]["most_bytes"],
        due_days=page["due_days"],
        symbols=page["symbols"],
        symbol_of=page["symbol_of"],
    )


@cache
def easy_variants(language: str) -> tuple[Variant, ...]:
    """What stands in every letter, as it is recognised there, with its easy lines."""
    from wellheard.resolve.complaints.wording import text_of

    page = _page("easy-2026-11.json")["lines"]
    return tuple(
        variant_of(text_of(code, language), lines[language]) for code, lines in page.items()
    )


def _page(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
