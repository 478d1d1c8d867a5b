"""Reading transcripts and code books; what may be quoted. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TURN = re.compile(r"^\s*(P\d{1,4}|I)\s*:\s*(.*)$", re.IGNORECASE)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
LONGEST = 200_000


class TranscriptError(ValueError):
    """A transcript or code book that cannot be read. ``line`` counts from 1; no words."""

    def __init__(self, code: str, line: int = 0, who: str = "") -> None:
        super().__init__(code)
        self.code, self.line, self.who = code, line, who


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said: a code such as "P3", or "" for who led."""

    speaker: str
    text: str


def read_transcript(text: str, speakers: Mapping[str, bool]) -> list[Turn]:
    """Lines "P3: words" and "I: words"; a line without a speaker goes on with the last.

    ``speakers``: code to whether they may be written down (have agreed, have not withdrawn).
    Raises TranscriptError for a speaker who is not known or may not be written down.
    """
    if len(text) > LONGEST:
        raise TranscriptError("too-long")
    turns: list[tuple[str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _TURN.match(line)
        if found:
            speaker = found[1].upper()
            if speaker != "I" and not speakers.get(speaker, False):
                code = "withdrawn" if speaker in speakers else "unknown"
                raise TranscriptError(code, number, speaker)
            turns.append(("" if speaker == "I" else speaker, [found[2].strip()]))
        elif line.strip():
            if not turns:
                raise TranscriptError("no-speaker", number)
            turns[-1][1].append(line.strip())
    read = [Turn(who, " ".join(filter(None, parts))) for who, parts in turns]
    read = [turn for turn in read if turn.text]
    if not read:
        raise TranscriptError("empty")
    return read


def read_codes(text: str) -> dict[str, list[str]]:
    """Lines "code = name: what it means". Raises TranscriptError."""
    codes: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        code, equals, rest = (part.strip() for part in line.partition("="))
        name, _, meaning = (part.strip() for part in rest.partition(":"))
        if not equals or not _CODE.fullmatch(code) or not name or code in codes:
            raise TranscriptError("bad-code", number)
        codes[code] = [name[:80], meaning[:300]]
    if not codes:
        raise TranscriptError("empty")
    return codes


def read_quotas(text: str) -> dict[str, int]:
    """Lines "kind of people = how many". Raises TranscriptError."""
    quotas: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        label, _, wanted = (part.strip() for part in line.rpartition("="))
        if not label or not wanted.isdecimal() or not 0 < int(wanted) <= 500 or label in quotas:
            raise TranscriptError("bad-quota", number)
        quotas[label[:80]] = int(wanted)
    if not quotas:
        raise TranscriptError("empty")
    return quotas
