"""A letter as a tagged PDF (PDF/UA-1), set by typst with our own fonts.

typst is loaded on the first letter, not at the start of the server.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from wellheard.base import pages

_FONTS = Path(str(pages.__file__)).parent / "fonts"
_LARGE_FROM = 16.0


@dataclass(frozen=True, slots=True)
class SetPart:
    """One part on paper; ``symbol``: the path of its picture, or ""."""

    heading: str
    lines: Sequence[str]
    symbol: str = ""


def set_letter(
    parts: Sequence[SetPart], *, title: str, organisation: str, language: str, paper: str,
    points: float,
) -> bytes:  # fmt: skip
    """The PDF. ``paper``: "a4" or "us-letter"; ``points``: the size of the words."""
    import typst

    page: dict[str, Any] = {
        "title": title,
        "organisation": organisation,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "paper": paper,
        "points": points,
        "leading": 0.9 if points >= _LARGE_FROM else 0.7,
        "parts": [
            {"heading": each.heading, "lines": list(each.lines), "symbol": each.symbol}
            for each in parts
        ],
    }
    # as posters do: the stubs know no list here
    options: dict[str, Any] = {"pdf_standards": ["ua-1"]}
    drawn = typst.compile(
        files(__package__).joinpath("data", "letter.typ").read_bytes(),
        format="pdf",
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(page, ensure_ascii=False)},
        **options,
    )
    return bytes(drawn[0] if isinstance(drawn, list) else drawn)
