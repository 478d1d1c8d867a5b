"""Taking in scans, settling doubts, and turning a sheet into a response."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, seal, unseal
from wellheard.listen.intake.actions import NewComment, receive_comment, take_up
from wellheard.listen.responses.actions import NewResponse, receive_response
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.actions import record_answer
from wellheard.listen.sampling.models import SampleMember
from wellheard.listen.sheets import reading
from wellheard.listen.sheets.cards import keep_card, questions
from wellheard.listen.sheets.layout import Layout
from wellheard.listen.sheets.models import (
    ScanFile,
    ScannedPage,
    Sheet,
    SheetCheck,
    SheetKeying,
    SheetQuerySet,
)
from wellheard.listen.sheets.rules import (
    CARD,
    PageReading,
    answers_of,
    checked_value,
    item_of,
    raw_answers,
    read_page,
    settled,
    thresholds,
)
from wellheard.listen.sheets.runs import check_of
from wellheard.listen.surveys.instruments import Instrument
from wellheard.listen.surveys.rules import stored

_PURPOSE = "sheet-picture"
_COMMENT = "comment"


class SheetUsedError(ValueError):
    """The sheet's answers are in already, or pages of it were scanned."""


class KeyedBeforeError(ValueError):
    """This person keyed it before, or it is settled."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One page image as it was read, before anything is kept."""

    number: int
    outcome: str
    sheet: Sheet | None = None
    page: int | None = None
    reading: PageReading = field(default_factory=PageReading)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def take_in(
    content: bytes, *, name: str, sheets: SheetQuerySet, came_at: datetime, by: Actor, at: datetime
) -> ScanFile:
    """Read a scanner's file and keep what its pages say; whole sheets become responses.

    ``sheets``: those this person may work on; any other is unknown to them. ``came_at``: when the
    paper came back, which decides whether it still counts. Raises reading.FileNotReadError.
    """
    seen = look_through(content, sheets)
    with acting(by, at=at):
        scan = new_scan(name=name, came_at=came_at, by=by, at=at)
        keep_seen(scan, seen, by=by, at=at)
    return scan


def new_scan(
    *, name: str, came_at: datetime, content: bytes = b"", by: Actor, at: datetime
) -> ScanFile:
    """A file that was brought; ``content`` is kept sealed while it waits to be read."""
    return ScanFile.objects.create(
        organisation_id=by.organisation_id,
        name=name[:120],
        came_at=came_at,
        by_id=user_of(by),
        at=at,
        rules_version=thresholds().version,
        content=_sealed(content) if content else b"",
    )


def content_of_scan(scan: ScanFile) -> bytes:
    """The file while it waits to be read."""
    return base64.b64decode(unseal(base64.b64encode(scan.content).decode(), _PURPOSE))


def look_through(content: bytes, sheets: SheetQuerySet) -> list[Seen]:
    """Every page of a file as it is read; nothing is kept. Raises reading.FileNotReadError."""
    images = reading.images_of(content, thresholds())
    return [_look(number, image, sheets) for number, image in enumerate(images, 1)]


def keep_seen(scan: ScanFile, seen: Sequence[Seen], *, by: Actor, at: datetime) -> None:
    """Keep what the pages of a file say; whole sheets become responses."""
    with acting(by, at=at) as trail:
        touched = {
            page.sheet_id for each in seen if (page := _keep_page(scan, each)).outcome == "read"
        }
        trail.write("sheets.scanned", scan, pages=len(seen), sheets=len(touched))
        for sheet in Sheet.objects.filter(pk__in=[pk for pk in touched if pk is not None]):
            finish(sheet, by=by, at=at)


def instrument_of(sheet: Sheet) -> Instrument:
    """The version that was printed, whatever came after it."""
    run = sheet.run
    return questions(run.instrument, run.version, organisation_id=sheet.organisation_id)


def _look(number: int, image: reading.Grey, sheets: SheetQuerySet) -> Seen:
    found = reading.find_code(image)
    if found is None:
        return Seen(number, "no_code")
    code = found.code
    sheet = sheets.select_related("run").filter(code=code.code).first()
    if sheet is None or code.check != check_of(code.code, code.page):
        return Seen(number, "unknown")
    layout = Layout.read(sheet.run.layout)
    placed = reading.place_page(found, layout, thresholds())
    if placed is None:
        return Seen(number, "not_placed", sheet, code.page)
    marks = reading.see(placed, layout, code.page, thresholds())
    read = read_page(instrument_of(sheet), marks, thresholds())
    pictures = {
        doubt.code: reading.picture_of(
            placed, [s for s in layout.on(code.page) if s.code == doubt.code], thresholds()
        )
        for doubt in read.doubts
    }
    return Seen(number, "read", sheet, code.page, read, pictures)


def _keep_page(scan: ScanFile, seen: Seen) -> ScannedPage:
    outcome = seen.outcome
    doubts = {doubt.code: doubt.why for doubt in seen.reading.doubts}
    if outcome == "read" and seen.sheet is not None:
        sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=seen.sheet.pk)
        outcome = _outcome(sheet, seen, doubts)
    page = ScannedPage.objects.create(
        organisation_id=scan.organisation_id,
        file=scan,
        number=seen.number,
        outcome=outcome,
        sheet=seen.sheet,
        page=seen.page,
        answers=dict(seen.reading.answers),
        doubts=doubts,
    )
    if outcome == "read" and seen.sheet is not None:
        Sheet.objects.filter(pk=seen.sheet.pk, came_at=None).update(came_at=scan.came_at)
        for code, why in doubts.items():
            SheetCheck.objects.create(
                organisation_id=scan.organisation_id,
                sheet=seen.sheet,
                code=code,
                why=why,
                picture=_sealed(seen.pictures[code]),
            )
    return page


def _outcome(sheet: Sheet, seen: Seen, doubts: Mapping[str, str]) -> str:
    """Whether a page is new, the same once more, or another one under the same code."""
    earlier = sheet.scanned_pages.filter(page=seen.page, outcome="read").first()
    if earlier is None:
        return "finished" if sheet.finished_at is not None else "read"
    same = earlier.answers == dict(seen.reading.answers) and earlier.doubts == dict(doubts)
    return "again" if same else "differs"


def key_check(check: SheetCheck, value: str, *, by: Actor, at: datetime) -> SheetCheck:
    """What one person saw. Settled once enough people agree; a third one decides between two.

    Raises surveys.rules.AnswerError for no such answer, KeyedBeforeError.
    """
    asked = instrument_of(check.sheet)
    value = checked_value(item_of(asked, check.code), check.code, value)
    with acting(by, at=at) as trail:
        held = SheetCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
        user_id = user_of(by)
        if held.settled_at is not None or user_id is None:
            raise KeyedBeforeError
        if held.keyings.filter(by_id=user_id).exists():
            raise KeyedBeforeError
        SheetKeying.objects.create(
            organisation_id=held.organisation_id, check_of=held, value=value, by_id=user_id, at=at
        )
        needed = thresholds().keyings["words" if held.why == "words" else "mark"]
        agreed = settled([keying.value for keying in held.keyings.all()], needed)
        trail.write("sheets.keyed", held, settled=agreed is not None)
        if agreed is not None:
            held.value, held.settled_at = agreed, at
            held.save(update_fields=["value", "settled_at"])
            finish(held.sheet, by=by, at=at)
    return held


def finish(sheet: Sheet, *, as_it_is: bool = False, by: Actor, at: datetime) -> Sheet:
    """Turn a sheet into a response when every page came and every doubt is settled.

    ``as_it_is``: also when pages are missing; it is then kept as a partial answer.
    """
    with acting(by, at=at):
        held = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
        pages = list(held.scanned_pages.filter(outcome="read"))
        whole = len(pages) == held.run.layout["pages"]
        if held.finished_at is not None or not pages or not (whole or as_it_is):
            return held
        if held.checks.filter(settled_at=None).exists():
            return held
        values = {check.code: check.value for check in held.checks.all()}
        raw = raw_answers([page.answers for page in pages], values)
        return _enter(held, raw, complete=whole, by=by, at=at)


def key_sheet(
    sheet: Sheet, raw: Mapping[str, object], *, came_at: datetime, by: Actor, at: datetime
) -> Sheet:
    """A sheet keyed by hand. Raises SheetUsedError, and AnswerError for no such answer."""
    with acting(by, at=at):
        held = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
        if held.finished_at is not None or held.scanned_pages.filter(outcome="read").exists():
            raise SheetUsedError
        held.came_at = came_at
        return _enter(held, raw, complete=True, by=by, at=at)


def _enter(
    sheet: Sheet, raw: Mapping[str, object], *, complete: bool, by: Actor, at: datetime
) -> Sheet:
    """The answers as a response, or, where they must not count, their words alone."""
    asked = instrument_of(sheet)
    answers = answers_of(asked, raw)
    if sheet.run.instrument == CARD:
        return _enter_card(sheet, answers, by=by, at=at)
    words = {i.code for i in asked.items if i.kind == "text"}
    told = {code: str(value) for code, value in answers.items() if code in words}
    counted = {code: value for code, value in answers.items() if code not in words}
    member = sheet.step.member if sheet.step is not None else None
    sheet.outcome = _counts(sheet, member)
    with acting(by, at=at) as trail:
        if sheet.outcome == "counted":
            new = NewResponse(
                organisation=sheet.organisation,
                instrument=sheet.run.instrument,
                version=sheet.run.version,
                answers=stored(asked, counted),
                place=sheet.place,
                received_at=sheet.came_at,
                mode="paper",
                language=sheet.run.language,
                comment=told.pop(_COMMENT, ""),
                complete=complete,
                submission_key=digest(f"sheet:{sheet.pk}", "sheet"),
            )
            sheet.response = receive_response(new, by=by, at=at)
            if member is not None:
                record_answer(member, sheet.response, by=by, at=at)
        for code, text in told.items():
            _tell(sheet, asked, code, text, sheet.response, by, at)
        sheet.finished_at = at
        sheet.save()
        _forget_pictures(sheet)
        trail.write("sheets.finished", sheet, outcome=sheet.outcome, complete=complete)
    return sheet


def _enter_card(sheet: Sheet, answers: Mapping[str, object], *, by: Actor, at: datetime) -> Sheet:
    """A comment card is heard whenever it comes, and what was told before is linked at once."""
    with acting(by, at=at) as trail:
        sheet.comment = keep_card(sheet, answers, by=by, at=at)
        sheet.outcome, sheet.finished_at = "counted" if sheet.comment else "empty", at
        sheet.save()
        _forget_pictures(sheet)
        trail.write("sheets.card_kept", sheet, outcome=sheet.outcome)
        if sheet.comment is not None:
            take_up([sheet.comment.pk], by=by, at=at)
    return sheet


def _counts(sheet: Sheet, member: SampleMember | None) -> str:
    """Late after its window; second when the person answered another way before."""
    assert sheet.came_at is not None
    if sheet.came_at >= sheet.closes_at:
        return "late"
    if member is None:
        return "counted"
    if member.ended_as in ("died", "ineligible"):
        return "not_eligible"
    invitation = member.invitation
    return "second" if invitation is not None and invitation.response_id else "counted"


def _tell(
    sheet: Sheet,
    asked: Instrument,
    code: str,
    text: str,
    response: Response | None,
    by: Actor,
    at: datetime,
) -> None:
    """Words are heard even where the marks do not count."""
    receive_comment(
        NewComment(
            organisation=sheet.organisation,
            source="survey" if response else "paper",
            text=text,
            place=sheet.place,
            received_at=sheet.came_at,
            language=sheet.run.language,
            question=asked.item(code).text[sheet.run.language],
            response_id=response.pk if response else None,
            submission_key=digest(f"sheet:{sheet.pk}:{code}", "sheet"),
        ),
        by=by,
        at=at,
    )


def _forget_pictures(sheet: Sheet) -> None:
    """What was written lies in the response and its comments; no handwriting is kept."""
    sheet.checks.update(picture=b"")
    sheet.checks.filter(why="words").update(value="")
    SheetKeying.objects.filter(check_of__sheet=sheet, check_of__why="words").update(value="")


def picture_of(check: SheetCheck) -> bytes:
    """The part of the page as PNG; b"" once it was forgotten."""
    if not check.picture:
        return b""
    return base64.b64decode(unseal(base64.b64encode(check.picture).decode(), _PURPOSE))


def _sealed(picture: bytes) -> bytes:
    return base64.b64decode(seal(base64.b64encode(picture).decode(), _PURPOSE))


def user_of(by: Actor) -> int | None:
    """The member of staff who acts; None for the house itself."""
    first: str = by.ref.partition("/")[0]
    return int(first) if by.kind in ("staff", "api") and first.isdigit() else None
