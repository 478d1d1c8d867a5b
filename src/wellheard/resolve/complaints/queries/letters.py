"""Letters as they read: parts, translation, and the finished text in the person's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from wellheard.measures.clocks import calendar_days_after
from wellheard.resolve.complaints.models import Case, Letter
from wellheard.resolve.complaints.queries.messages import (
    closing_line,
    greeting,
    last_day,
    policy_of,
    rights,
    tone_of,
    values_for,
    written_date,
)
from wellheard.resolve.complaints.wording import say, spoken

ORDER = (
    "heard",
    "why_longer",
    "steps_taken",
    "how_considered",
    "results",
    "conclusions",
    "remedial_action",
    "action_confirmed",
    "stated_days",
    "next",
    "contact_person",
    "ombudsman",
    "completed_on",
    "signed_by",
)
# Names, numbers and days need no translator.
TRANSLATED = frozenset(ORDER) - {"contact_person", "completed_on", "signed_by", "stated_days"}


def parts_of(letter: Letter) -> dict[str, str]:
    """The parts as they were written."""
    return _read(letter.parts)


def translation_of(letter: Letter) -> dict[str, str]:
    """The parts as they were translated; empty when they were not."""
    return _read(letter.translation)


def _read(sealed: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(sealed) if sealed else {}
    return found


def letter_text(case: Case, letter: Letter, at: datetime) -> str:
    """The letter as the person reads it: in the translation when there is one."""
    translated = translation_of(letter)
    language = spoken(letter.translation_language if translated else letter.language)
    parts = parts_of(letter) | {code: words for code, words in translated.items() if words}
    if letter.stated_days:
        parts["stated_days"] = _promise(case, letter.stated_days, at, language)
    return assemble(case, parts, language, letter.translated_by, letter.reviewed_by)


def assemble(
    case: Case, parts: dict[str, str], language: str, translator: str = "", reviewer: str = ""
) -> str:
    """Greeting, parts under their headings in the language of the letter, and the rights."""
    values, tone = values_for(case, policy_of(case), language), tone_of(case)
    body = [greeting(case, language, tone), say("letter_about", language, **values)]
    for code in ORDER:
        if parts.get(code, "").strip():
            words = _as_read(code, parts[code], language)
            body += [f"{say(f'part_{code}', language)}\n{words}"]
    body += [say("rights_heading", language) + "\n" + "\n".join(rights(case, language, values))]
    if translator and reviewer:
        body.append(say("translated_note", language, translator=translator, reviewer=reviewer))
    body += [closing_line(language, tone)] if tone else []
    body.append(case.organisation.name)
    return "\n\n".join(body)


def _as_read(code: str, words: str, language: str) -> str:
    """A part as it stands in the letter: a day written out, no empty line inside."""
    if code == "completed_on":
        try:
            return written_date(date.fromisoformat(words.strip()), language)
        except ValueError:
            pass
    return "\n".join(line for line in words.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a letter, or a part of it under its heading."""

    heading: str
    lines: tuple[str, ...]


def blocks_of(text: str) -> list[Block]:
    """A finished letter in its parts, for a screen: what `assemble` put together, taken apart."""
    found = []
    for block in text.split("\n\n"):
        first, _newline, rest = block.partition("\n")
        found.append(Block(first, tuple(rest.splitlines())) if rest else Block("", (first,)))
    return found


def _promise(case: Case, days: int, at: datetime, language: str) -> str:
    due_at = calendar_days_after(at, days, zone=case.zone)
    due = written_date(last_day(due_at, case.zone), language)
    return say("stated_days", language, days=str(days), due=due)
