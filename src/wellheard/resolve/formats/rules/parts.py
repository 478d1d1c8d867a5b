"""What a letter consists of, pure: its parts by what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a letter. ``code``: which one; "" for a paragraph that is none of ours."""

    code: str
    heading: str
    lines: tuple[str, ...]


def parts_in(
    blocks: Sequence[tuple[str, Sequence[str]]], codes: Mapping[str, str]
) -> tuple[Part, ...]:
    """The parts of a finished letter. ``codes``: from the heading to the part it stands over.

    Paragraphs without a heading are told apart by where they stand: greeting and what it is
    about first, the organisation last.
    """
    found = []
    for place, (heading, lines) in enumerate(blocks):
        code = codes.get(heading, "")
        if not heading:
            code = {0: "greeting", 1: "about", len(blocks) - 1: "organisation"}.get(place, "note")
        found.append(Part(code, heading, tuple(lines)))
    return tuple(found)


def script(parts: Sequence[Part]) -> str:
    """What a voice reads: every part in order, a stop after each heading and line."""
    spoken = []
    for part in parts:
        lines = [part.heading, *part.lines] if part.heading else list(part.lines)
        spoken.append("\n".join(_ended(line) for line in lines))
    return "\n\n".join(spoken)


def _ended(line: str) -> str:
    return line if line.rstrip().endswith((".", "!", "?", "؟", ":", ",", "،")) else f"{line}."
