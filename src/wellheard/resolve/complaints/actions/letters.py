"""Letters: written, translated, checked, released, called back within seconds, sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.acknowledging import reachable, send_about
from wellheard.resolve.complaints.actions.changing import (
    NotAllowedError,
    changing,
    must_be_open,
    step,
)
from wellheard.resolve.complaints.actions.sharing import gets_general_only
from wellheard.resolve.complaints.actions.timing import meet, start_promised, unmeet
from wellheard.resolve.complaints.actions.working import must_hear_first, must_not_be_named
from wellheard.resolve.complaints.models import Case, Letter, LetterDispatch
from wellheard.resolve.complaints.queries.letters import (
    TRANSLATED,
    letter_text,
    parts_of,
    translation_of,
)
from wellheard.resolve.complaints.queries.messages import LETTER_NOTICE, letter_notice
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.rules.letters import (
    Flag,
    blocking,
    check_letter,
    reading_grade,
)
from wellheard.resolve.complaints.wording import spoken

HOLD = timedelta(seconds=10)
_FREE_PARTS = ("heard", "next")


class LetterNotReadyError(Exception):
    """The letter may not leave yet; `flags` say why."""

    def __init__(self, flags: tuple[Flag, ...]) -> None:
        super().__init__(", ".join(flag.code for flag in flags))
        self.flags = flags


def write_letter(
    *,
    case_id: int,
    kind: str,
    parts: Mapping[str, str],
    language: str = "en",
    stated_days: int | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Letter:
    """Keep the words of a letter that has not left; the draft of this kind is written over.

    A decision needs the complainant's view first (C18) and is not written by those named in the
    case. Raises NotAllowedError, StaleCaseError, CaseClosedError.
    """
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        must_be_open(case)
        if kind == Letter.Kind.DECISION:
            must_hear_first(case)
            must_not_be_named(case, by)
        kept = _known_parts(case, kind, parts)
        flags = letter_flags(case, kind, kept, language)
        letter = open_letter(case, kind) or Letter(
            organisation_id=case.organisation_id, case=case, kind=kind, at=at
        )
        _put(letter, kept, language, stated_days, flags, by, at)
        trail.write("case.letter_written", case, letter=letter.pk, kind=kind, flags=len(flags))
    return letter


def _put(
    letter: Letter,
    parts: Mapping[str, str],
    language: str,
    stated_days: int | None,
    flags: tuple[Flag, ...],
    by: Actor,
    at: datetime,
) -> None:
    if letter.pk and parts_of(letter) != dict(parts):
        # A translation belongs to the words it was made from.
        letter.translation, letter.translated_by, letter.reviewed_by = "", "", ""
    letter.parts = json.dumps(dict(parts), ensure_ascii=False)
    letter.language = language
    letter.stated_days = stated_days
    letter.flags = [[flag.code, flag.blocks] for flag in flags]
    letter.grade = reading_grade("\n".join(parts.values()), language)
    letter.by_kind, letter.by_ref, letter.by_name = by.kind, by.ref, by.name[:200]
    letter.changed_at = at
    letter.save()


def open_letter(case: Case, kind: str) -> Letter | None:
    """The letter of this kind that has not been released."""
    unreleased = case.letters.filter(kind=kind).exclude(
        dispatches__isnull=False,
        dispatches__called_back_at__isnull=True,
    )
    found: Letter | None = unreleased.order_by("-pk").first()
    return found


def _known_parts(case: Case, kind: str, parts: Mapping[str, str]) -> dict[str, str]:
    codes = [*_FREE_PARTS, *(element.code for element in pack_of(case).letters[kind].elements)]
    return {code: parts[code].strip() for code in codes if parts.get(code, "").strip()}


def letter_flags(
    case: Case, kind: str, parts: Mapping[str, str], language: str
) -> tuple[Flag, ...]:
    """What is to be said about these words, as the case's pack and the tone lists see them."""
    pack = pack_of(case)
    return check_letter(
        parts,
        pack.letters[kind],
        rulebook.tone(),
        language=spoken(language),
        grade_limit=pack.reading_grade_limit,
    )


def translate_letter(
    *,
    letter_id: int,
    language: str,
    parts: Mapping[str, str],
    translated_by: str,
    reviewed_by: str,
    by: Actor,
    at: datetime,
) -> Letter:
    """Keep the translation with who made it and who, another person, read it over (LEP-04).

    Raises NotAllowedError when a part is missing or one person did both.
    """
    letter = Letter.objects.get(pk=letter_id, organisation_id=by.organisation_id)
    with changing(letter.case_id, by=by, at=at) as (case, trail):
        letter.refresh_from_db()
        _must_be_unreleased(letter)
        made, read = translated_by.strip(), reviewed_by.strip()
        if not made or not read or made.casefold() == read.casefold():
            raise NotAllowedError("Name the translator and, as another person, the reader.")
        kept = {code: parts.get(code, "").strip() for code in parts_of(letter)}
        if missing := [code for code, words in kept.items() if not words and code in TRANSLATED]:
            raise NotAllowedError(f"Still to be translated: {', '.join(missing)}.")
        letter.translation = json.dumps(kept, ensure_ascii=False)
        letter.translation_language = language
        letter.translated_by, letter.reviewed_by = made[:200], read[:200]
        letter.save()
        trail.write("case.letter_translated", case, letter=letter.pk, language=language)
    return letter


def release_letter(
    *,
    letter_id: int,
    way: str = "",
    hold: timedelta = HOLD,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> LetterDispatch:
    """Let a letter go. It leaves after `hold`, until then it can be called back.

    Raises LetterNotReadyError while a blocking flag stands or its translation is missing,
    NotAllowedError, StaleCaseError.
    """
    letter = Letter.objects.get(pk=letter_id, organisation_id=by.organisation_id)
    with changing(letter.case_id, by=by, at=at, seen=seen) as (case, trail):
        letter.refresh_from_db()
        must_be_open(case)
        _must_be_unreleased(letter)
        _must_be_ready(case, letter)
        row = step(
            LetterDispatch,
            case,
            by,
            at,
            letter=letter,
            way=way or _way(case),
            body=letter_text(case, letter, at),
            language=_language_sent(case, letter),
            hold_until=at + hold,
        )
        _count_as_sent(case, letter, at)
        trail.write("case.letter_released", case, letter=letter.pk, kind=letter.kind, way=row.way)
    return row


def _must_be_unreleased(letter: Letter) -> None:
    if letter.dispatches.filter(called_back_at__isnull=True, failed_at__isnull=True).exists():
        raise NotAllowedError("This letter has been released. Write a new one.")


def _must_be_ready(case: Case, letter: Letter) -> None:
    flags = blocking(letter_flags(case, letter.kind, parts_of(letter), letter.language))
    flags += _translation_flags(case, letter)
    flags += _sharing_flags(case)
    if letter.kind == Letter.Kind.INTERIM and not letter.stated_days:
        flags += (Flag("missing", "stated_days", "State the number of days.", True),)
    if flags:
        raise LetterNotReadyError(flags)


def _translation_flags(case: Case, letter: Letter) -> tuple[Flag, ...]:
    wanted = spoken(case.language)
    if spoken(letter.language) == wanted:
        return ()
    if letter.translation and spoken(letter.translation_language) == wanted:
        return ()
    says = f"The person reads {wanted}: the letter needs its translation, read over by a second."
    return (Flag("translation", wanted, says, True),)


def _sharing_flags(case: Case) -> tuple[Flag, ...]:
    """What was found about a patient goes to nobody else without the patient's agreement."""
    if not gets_general_only(case):
        return ()
    says = "The letter goes to somebody else: note first that the patient agrees, or the authority."
    return (Flag("sharing", case.complainant, says, True),)


def _language_sent(case: Case, letter: Letter) -> str:
    return letter.translation_language if translation_of(letter) else letter.language


def _way(case: Case) -> str:
    return LetterDispatch.Way.MESSAGE if reachable(case) else LetterDispatch.Way.PAGE


def _count_as_sent(case: Case, letter: Letter, at: datetime) -> None:
    meet(case, f"{letter.kind}_letter", at)
    if letter.kind == Letter.Kind.DECISION:
        case.answered_at = at
    else:
        start_promised(case, "interim_letter", letter.stated_days or 0, at)


def call_back_letter(*, dispatch_id: int, by: Actor, at: datetime) -> LetterDispatch:
    """Stop a released letter that has not left; what it met is open again.

    Raises NotAllowedError once it has left.
    """
    row = LetterDispatch.objects.get(pk=dispatch_id, organisation_id=by.organisation_id)
    with changing(row.case_id, by=by, at=at) as (case, trail):
        row.refresh_from_db()
        if row.left_at or row.called_back_at or at >= row.hold_until:
            raise NotAllowedError("The letter has left and cannot be called back.")
        take_back(case, row, at, trail)
    return row


def take_back(case: Case, row: LetterDispatch, at: datetime, trail: Trail) -> None:
    """Mark a dispatch as called back and open again what it met."""
    row.called_back_at = at
    row.save(update_fields=["called_back_at"])
    _uncount(case, row)
    trail.write("case.letter_called_back", case, letter=row.letter_id)


def _uncount(case: Case, row: LetterDispatch) -> None:
    unmeet(case, row.at)
    case.clocks.filter(starts_at=row.at, code__in=("promised", "agreed")).delete()
    if row.letter.kind == Letter.Kind.DECISION:
        case.answered_at = None


def send_held_letters(now: datetime) -> None:
    """Periodic work: let go what was held long enough."""
    waiting = LetterDispatch.objects.filter(
        left_at__isnull=True,
        called_back_at__isnull=True,
        failed_at__isnull=True,
        hold_until__lte=now,
    )
    for row in waiting.order_by("pk")[:500]:
        send_letter(dispatch_id=row.pk, organisation_id=row.organisation_id, at=now)


def send_letter(*, dispatch_id: int, organisation_id: int, at: datetime) -> bool:
    """Let one released letter leave: a message says that it is there; paper is for staff."""
    by = Actor.system(organisation_id, "letters")
    row = LetterDispatch.objects.select_related("letter").get(pk=dispatch_id)
    with changing(row.case_id, by=by, at=at) as (case, trail):
        row.refresh_from_db()
        if row.left_at or row.called_back_at or at < row.hold_until:
            return False
        if row.way == LetterDispatch.Way.MESSAGE and case.patient_id is not None:
            key = f"case:{case.pk}:letter:{row.pk}"
            row.message_id = send_about(case, LETTER_NOTICE, letter_notice(case), key, by, at)
        row.left_at = at
        row.save(update_fields=["left_at", "message_id"])
        trail.write("case.letter_left", case, letter=row.letter_id, message=row.message_id)
        trail.publish("resolve.letter_left", dispatch_id=row.pk)
    return True


def note_letter_failed(
    *, message_id: int, organisation_id: int, by: Actor, at: datetime
) -> LetterDispatch | None:
    """A message about a letter did not arrive: the letter counts as not sent, and clocks run on."""
    rows = LetterDispatch.objects.filter(
        organisation_id=organisation_id, message_id=message_id, failed_at__isnull=True
    )
    row = rows.select_related("letter").first()
    if row is None:
        return None
    with changing(row.case_id, by=by, at=at) as (case, trail):
        row.failed_at = at
        row.save(update_fields=["failed_at"])
        _uncount(case, row)
        trail.write("case.letter_failed", case, letter=row.letter_id, message=message_id)
    return row
