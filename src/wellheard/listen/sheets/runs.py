"""Print runs: for whoever is due to be asked on paper, or a number of sheets for a place."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.base.vault.sealing import digest
from wellheard.listen.cards.queries import Spot
from wellheard.listen.sampling.actions import close_step
from wellheard.listen.sampling.models import ModeStep
from wellheard.listen.sheets.cards import questions
from wellheard.listen.sheets.content import Content, NotOnPaperError, content_of
from wellheard.listen.sheets.layout import PAPERS, SIZES, Layout
from wellheard.listen.sheets.models import Sheet, SheetRun
from wellheard.listen.sheets.printing import Printed, lay_out, print_run
from wellheard.listen.sheets.rules import CARD, new_code, thresholds
from wellheard.people.places.models import Organisation, Place, Touchpoint

MOST = 200
_FOOT = "sheet-page"


def make_run(
    *,
    place: Place,
    instrument_code: str,
    language: str,
    size: int,
    paper: str,
    count: int,
    touchpoint: Touchpoint | None = None,
    by: Actor,
    at: datetime,
) -> SheetRun:
    """A run of sheets to hand out at a place: each can be answered once, by anybody.

    Raises NotOnPaperError, NoInstrumentError, ValueError for a count or size there is not.
    """
    if not 0 < count <= MOST or size not in SIZES or paper not in PAPERS:
        raise ValueError("no such run")
    closes_at = at + timedelta(days=thresholds().return_days)
    with acting(by, at=at) as trail:
        run = _new_run(place.organisation, instrument_code, None, language, size, paper, by, at)
        _keep_sheets(run, [(place.pk, None, closes_at)] * count, touchpoint)
        trail.write("sheets.printed", run, sheets=count)
    return run


def make_runs_of_steps(
    steps: Iterable[ModeStep], *, size: int, paper: str, by: Actor, at: datetime
) -> list[SheetRun]:
    """Runs for drawn people whose step on paper is due: one for each survey and language, two
    hundred sheets at most. The steps are done with it, and the next way follows when it is due.

    What cannot be asked on paper fails its step, so that the next way follows at once.
    """
    runs: list[SheetRun] = []
    with acting(by, at=at) as trail:
        # Asked again under the lock: two people may press the button at once.
        steps = (
            ModeStep.objects.select_for_update(of=("self",))
            .filter(pk__in=[step.pk for step in steps], closed_at=None)
            .select_related("member__wave__plan", "organisation")
        )
        for (code, version, language), group in groupby(sorted(steps, key=_kind), key=_kind):
            waiting = list(group)
            for some in (waiting[n : n + MOST] for n in range(0, len(waiting), MOST)):
                organisation = some[0].organisation
                try:
                    run = _new_run(organisation, code, version, language, size, paper, by, at)
                except NotOnPaperError:
                    for step in some:
                        close_step(step, outcome="failed", by=by, at=at)
                    continue
                _keep_sheets(run, [(s.member.place_id, s.pk, s.member.closes_at) for s in some])
                for step in some:
                    close_step(step, by=by, at=at)
                trail.write("sheets.printed", run, sheets=len(some))
                runs.append(run)
    return runs


def pdf_of(run: SheetRun) -> bytes:
    """The sheets of a run, to print; made anew each time, with the same codes."""
    layout = Layout.read(run.layout)
    sheets = [
        Printed(
            sheet.code,
            Spot(sheet.place, sheet.touchpoint).name,
            [check_of(sheet.code, page) for page in range(1, layout.pages + 1)],
        )
        for sheet in run.sheets.select_related("place", "touchpoint")
    ]
    return print_run(_content(run), layout, sheets, size=run.size)


def check_of(code: str, page: int) -> str:
    """Six digits that only this installation can make: a code cannot be invented."""
    return digest(f"{code}:{page}", _FOOT)[:6].upper()


def _kind(step: ModeStep) -> tuple[str, int, str]:
    wave = step.member.wave
    return wave.plan.instrument, wave.instrument_version, step.member.language


def _new_run(
    organisation: Organisation,
    code: str,
    version: int | None,
    language: str,
    size: int,
    paper: str,
    by: Actor,
    at: datetime,
) -> SheetRun:
    asked = questions(code, version, organisation_id=organisation.pk)
    content = content_of(asked, language, organisation.name, is_card=code == CARD)
    user = by.ref.partition("/")[0]
    return SheetRun.objects.create(
        organisation=organisation,
        instrument=asked.code,
        version=asked.version,
        language=language,
        size=size,
        paper=paper,
        layout=lay_out(content, paper=paper, size=size).kept()
        | {"organisation": organisation.name},
        made_by_id=int(user) if by.kind == "staff" and user.isdigit() else None,
        made_at=at,
    )


def _content(run: SheetRun) -> Content:
    """The words as they were set, also when the hospital changed its name since."""
    asked = questions(run.instrument, run.version, organisation_id=run.organisation_id)
    is_card = run.instrument == CARD
    return content_of(asked, run.language, run.layout["organisation"], is_card=is_card)


def _keep_sheets(
    run: SheetRun,
    wanted: Sequence[tuple[int, int | None, datetime]],
    touchpoint: Touchpoint | None = None,
) -> None:
    codes = _new_codes(len(wanted))
    insert_rows(
        Sheet,
        [
            {
                "organisation_id": run.organisation_id,
                "run_id": run.pk,
                "code": code,
                "place_id": place_id,
                "touchpoint_id": touchpoint.pk if touchpoint else None,
                "step_id": step_id,
                "closes_at": closes_at,
            }
            for code, (place_id, step_id, closes_at) in zip(codes, wanted, strict=True)
        ],
    )


def _new_codes(count: int) -> list[str]:
    """As many numbers as no other sheet has."""
    codes: set[str] = set()
    while len(codes) < count:
        codes |= {new_code(secrets.choice) for _ in range(count - len(codes))}
        codes -= set(Sheet.objects.filter(code__in=codes).values_list("code", flat=True))
    return sorted(codes)
