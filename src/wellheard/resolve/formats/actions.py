"""Noting which formats are wanted, and what people write and record for them."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.base.vault.sealing import seal, unseal
from wellheard.people.preferences.queries import preference_of
from wellheard.resolve.complaints.actions.changing import changing, step
from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.complaints.queries.messages import goes_to_patient
from wellheard.resolve.complaints.wording import spoken
from wellheard.resolve.formats.models import (
    EasyWording,
    FormatFile,
    FormatPiece,
    SignedRequest,
    WantedFormat,
)
from wellheard.resolve.formats.policy import format_policy
from wellheard.resolve.formats.rules.videos import read_sound, read_video
from wellheard.resolve.formats.source import easy_of, has_format

PIECE = 1_048_576
_PURPOSE = "letter-format"


def want_formats(dispatch: LetterDispatch, *, by: Actor, at: datetime) -> list[WantedFormat]:
    """Note the formats that the person chose, once for each letter; what can be made without
    anybody is there at once."""
    case = dispatch.case
    kinds: tuple[str, ...] = ()
    if case.patient_id is not None and goes_to_patient(case):
        kinds = preference_of(case.patient_id).formats
    with acting(by, at=at) as trail:
        return [_want(dispatch, kind, at, trail) for kind in kinds]


def _want(dispatch: LetterDispatch, kind: str, at: datetime, trail: Trail) -> WantedFormat:
    days = format_policy().due_days.get(kind, 0)
    row, is_new = WantedFormat.objects.get_or_create(
        dispatch=dispatch,
        kind=kind,
        defaults={
            "organisation_id": dispatch.organisation_id,
            "wanted_at": at,
            "due_at": at + timedelta(days=days),
            "made_at": at if has_format(dispatch, kind) else None,
        },
    )
    if is_new:
        trail.write("letter_format.wanted", row, kind=kind, made=row.made_at is not None)
    return row


def write_easy(dispatch: LetterDispatch, lines: dict[int, str], *, by: Actor, at: datetime) -> None:
    """Keep easier words in place of lines of a letter. Numbers that the letter has not are left
    out, as is what says the same again."""
    known = {line.number: line.text for part in easy_of(dispatch).parts for line in part.lines}
    with changing(dispatch.case_id, by=by, at=at) as (case, trail):
        kept = 0
        for number, text in sorted(lines.items()):
            words = text.strip()
            if number in known and words and words != known[number]:
                step(EasyWording, case, by, at, dispatch=dispatch, number=number, text=words)
                kept += 1
        trail.write("letter_format.easy_written", dispatch, lines=kept)
        _note_made(dispatch, "easy", at, trail)


def ask_interpreter(
    dispatch: LetterDispatch, *, sign_language: str, interpreter: str, due_on: date, by: Actor,
    at: datetime,
) -> SignedRequest:  # fmt: skip
    """Ask a named interpreter to sign the letter on video. Raises ValueError for a sign language
    that is not known."""
    if sign_language not in format_policy().sign_languages:
        raise ValueError(sign_language)
    with changing(dispatch.case_id, by=by, at=at) as (case, trail):
        row = step(
            SignedRequest, case, by, at, dispatch=dispatch, sign_language=sign_language,
            interpreter=interpreter.strip()[:200], due_on=due_on,
        )  # fmt: skip
        wanted, _ = WantedFormat.objects.get_or_create(
            dispatch=dispatch,
            kind="signed",
            defaults={"organisation_id": dispatch.organisation_id, "wanted_at": at, "due_at": at},
        )
        wanted.due_at = datetime.combine(due_on + timedelta(days=1), at.timetz())
        wanted.save(update_fields=["due_at"])
        trail.write("letter_format.interpreter_asked", dispatch, language=sign_language)
    return row


def keep_recording(
    dispatch: LetterDispatch, *, kind: str, content: bytes, recorded_by: str, language: str = "",
    by: Actor, at: datetime,
) -> FormatFile:  # fmt: skip
    """Keep somebody's reading or signing of the letter, sealed piece by piece, with who it is.

    Raises FileRefusedError.
    """
    policy = format_policy()
    if kind == "signed":
        content_type = read_video(content, most=policy.most_video)
    else:
        content_type = read_sound(content, most=policy.most_recording)
    with changing(dispatch.case_id, by=by, at=at) as (case, trail):
        file = step(
            FormatFile, case, by, at, dispatch=dispatch, kind=kind,
            language=language or spoken(dispatch.language), recorded_by=recorded_by.strip()[:200],
            content_type=content_type, size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        for number, start in enumerate(range(0, len(content), PIECE)):
            sealed = _sealed(content[start : start + PIECE])
            FormatPiece.objects.create(file=file, number=number, sealed=sealed)
        trail.write("letter_format.recorded", dispatch, kind=kind, size=file.size)
        _note_made(dispatch, kind, at, trail)
    return file


def read_piece(file: FormatFile, number: int) -> bytes:
    """One piece of a recording. Raises CannotUnseal when it was altered."""
    row = FormatPiece.objects.get(file=file, number=number)
    return base64.b64decode(unseal(base64.b64encode(bytes(row.sealed)).decode(), _PURPOSE))


def _sealed(content: bytes) -> bytes:
    return base64.b64decode(seal(base64.b64encode(content).decode(), _PURPOSE))


def _note_made(dispatch: LetterDispatch, kind: str, at: datetime, trail: Trail) -> None:
    waiting = WantedFormat.objects.filter(dispatch=dispatch, kind=kind, made_at=None).first()
    if waiting is not None and has_format(dispatch, kind):
        waiting.made_at = at
        waiting.save(update_fields=["made_at"])
        trail.write("letter_format.made", waiting, kind=kind)
