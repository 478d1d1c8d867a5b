"""The one source of every format: the letter as it went, taken apart; and what can be had of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.complaints.queries.letters import ORDER, blocks_of
from wellheard.resolve.complaints.wording import say, spoken
from wellheard.resolve.formats.models import EasyWording, FormatFile
from wellheard.resolve.formats.policy import easy_variants, format_policy
from wellheard.resolve.formats.rules.easy import EasyPart, easy_parts, grade_of, is_ready
from wellheard.resolve.formats.rules.parts import Part, parts_in, script
from wellheard.resolve.formats.speech import can_speak, speak
from wellheard.resolve.formats.typeset import SetPart, set_letter

PAPER_KINDS = ("standard", "large", "easy")


@dataclass(frozen=True, slots=True)
class Easy:
    """A letter in easy read, with its grade (None where no formula fits) and whether it may be
    given out."""

    parts: tuple[EasyPart, ...]
    grade: float | None
    is_ready: bool


def parts_of(dispatch: LetterDispatch) -> tuple[Part, ...]:
    """The letter as it went, part by part."""
    language = spoken(dispatch.language)
    codes = {say(f"part_{code}", language): code for code in reversed(ORDER)}
    codes[say("rights_heading", language)] = "rights"
    return parts_in([(b.heading, b.lines) for b in blocks_of(dispatch.body)], codes)


def easy_of(dispatch: LetterDispatch) -> Easy:
    """The letter in easy read as far as it is written."""
    policy, language = format_policy(), spoken(dispatch.language)
    own = {
        row.number: row.text
        for row in EasyWording.objects.filter(dispatch=dispatch).order_by("at", "pk")
    }
    parts = easy_parts(
        parts_of(dispatch), easy_variants(language), own, most_words=policy.most_words[language]
    )
    grade = grade_of(parts, language)
    return Easy(parts, grade, is_ready(parts, grade, policy.grade_limit))


def pdf_of(dispatch: LetterDispatch, kind: str, title: str) -> bytes:
    """The letter on paper: standard, large or easy."""
    policy = format_policy()
    if kind == "easy":
        parts = [
            SetPart(part.heading, [line.text for line in part.lines], symbol_of(part.code))
            for part in easy_of(dispatch).parts
        ]
    else:
        parts = [SetPart(part.heading, part.lines) for part in parts_of(dispatch)]
    points = {"standard": policy.standard_points, "large": policy.large_points,
              "easy": policy.easy_points}[kind]  # fmt: skip
    organisation = dispatch.organisation
    return set_letter(
        parts, title=title, organisation=organisation.name, language=spoken(dispatch.language),
        paper="us-letter" if organisation.country == "US" else "a4", points=points,
    )  # fmt: skip


def symbol_of(code: str) -> str:
    """The picture beside a part, as a path; "" for none."""
    policy = format_policy()
    return policy.symbols.get(policy.symbol_of.get(code, ""), "")


def script_of(dispatch: LetterDispatch) -> str:
    """What a voice, or whoever records or signs it, reads."""
    return script(parts_of(dispatch))


def sound_of(dispatch: LetterDispatch) -> bytes:
    """The letter as speech of this machine. Raises SpeechMissingError."""
    return speak(script_of(dispatch), spoken(dispatch.language))


def newest_file(dispatch: LetterDispatch, kind: str) -> FormatFile | None:
    """The recording that holds."""
    found = FormatFile.objects.filter(dispatch=dispatch, kind=kind)
    return found.order_by("-at", "-pk").first()


def has_format(dispatch: LetterDispatch, kind: str) -> bool:
    """Whether the person can have the letter in this format now."""
    if kind == "easy":
        return easy_of(dispatch).is_ready
    if kind == "audio":
        recorded = newest_file(dispatch, "audio") is not None
        return recorded or can_speak(spoken(dispatch.language))
    if kind == "signed":
        return newest_file(dispatch, "signed") is not None
    return True


def has_left(dispatch: LetterDispatch, now: datetime) -> bool:
    """Whether the letter is the person's to read."""
    return (
        dispatch.left_at is not None and dispatch.left_at <= now and dispatch.called_back_at is None
    )
