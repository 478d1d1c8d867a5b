"""The words of pages about sheets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wellheard.base.pages.figures import number
from wellheard.base.pages.tables import csv_text
from wellheard.listen.sheets.content import NotOnPaperError
from wellheard.listen.sheets.models import ScanFile, Sheet, SheetRun
from wellheard.listen.sheets.queries import Returns
from wellheard.listen.sheets.reading import FileNotReadError
from wellheard.listen.sheets.rules import thresholds

PAGE_WORDS = {
    "read": (gettext_lazy("read"), ""),
    "again": (gettext_lazy("the same page once more: counted once"), ""),
    "differs": (gettext_lazy("the same page with other marks: nothing was taken"), "attention"),
    "finished": (gettext_lazy("its sheet was finished before: nothing was taken"), "attention"),
    "no_code": (gettext_lazy("no code was found: scan it again, or key the sheet"), "attention"),
    "unknown": (gettext_lazy("not a sheet of your places"), "attention"),
    "not_placed": (
        gettext_lazy("its corner marks are missing: scan the whole page, or key the sheet"),
        "attention",
    ),
}
SHEET_WORDS = {
    "counted": (gettext_lazy("counted"), "action"),
    "late": (gettext_lazy("too late to count; its words are heard"), "attention"),
    "second": (gettext_lazy("answered before; its words are heard"), "attention"),
    "not_eligible": (gettext_lazy("not to be counted; its words are heard"), "attention"),
    "empty": (gettext_lazy("nothing was on it"), ""),
}
WHY_WORDS = {
    "faint": gettext_lazy("A mark is faint or the paper is stained. What was meant?"),
    "double": gettext_lazy("More than one box is marked. What was meant?"),
    "words": gettext_lazy("Write down what is written, word for word."),
}


def figures(found: Returns) -> list[tuple[str, str]]:
    """The counts, with the share that came back."""
    share = f" ({round(100 * found.came / found.printed)} %)" if found.printed else ""
    return [
        (_("Printed"), number(found.printed)),
        (_("Came back"), f"{number(found.came)}{share}"),
        (_("Counted"), number(found.counted)),
        (_("Wait for a page or a check"), number(found.waiting)),
        (_("Too late"), number(found.late)),
        (_("Answered before, or not to be counted"), number(found.second)),
    ]


def sheet_lines(sheets: Iterable[Sheet], pages: int) -> list[dict[str, Any]]:
    """One line for each sheet of a run."""
    return [_sheet_line(sheet, pages) for sheet in sheets]


def _sheet_line(sheet: Sheet, pages: int) -> dict[str, Any]:
    came = len([page for page in sheet.scanned_pages.all() if page.outcome == "read"])
    open_checks = len([check for check in sheet.checks.all() if check.settled_at is None])
    words, kind = SHEET_WORDS.get(sheet.outcome, (_("not back yet"), ""))
    if not sheet.outcome and came:
        words = (
            _("%(came)s of %(pages)s pages are there") % {"came": came, "pages": pages}
            if came < pages
            else _("waits for a check")
        )
    return {
        "sheet": sheet,
        "words": words,
        "kind": kind,
        "may_end": not sheet.outcome and 0 < came < pages and not open_checks,
        "may_key": not sheet.outcome and not came,
    }


def scan_lead(scan: ScanFile, checks: int) -> str:
    """What came of a file, in a sentence."""
    read = len([page for page in scan.pages.all() if page.outcome == "read"])
    lead = ngettext("%(n)s page was read.", "%(n)s pages were read.", read) % {"n": number(read)}
    if checks:
        lead += " " + ngettext(
            "%(n)s question has to be looked at by people.",
            "%(n)s questions have to be looked at by people.",
            checks,
        ) % {"n": number(checks)}
    return lead


def page_lines(scan: ScanFile) -> list[dict[str, Any]]:
    """One line for each page of a file."""
    return [
        {
            "page": page,
            "words": PAGE_WORDS[page.outcome][0],
            "kind": PAGE_WORDS[page.outcome][1],
            "comment": page.sheet.comment if page.sheet and page.outcome == "read" else None,
        }
        for page in scan.pages.select_related("sheet__comment__duplicate_of")
    ]


def not_on_paper(error: NotOnPaperError) -> str:
    """Why these questions cannot be printed."""
    if error.why == "language":
        return _("These questions are not published in this language.")
    return _("The question “%(code)s” cannot be asked on paper.") % {"code": error.item}


def refused(scan: ScanFile) -> str:
    """Why a file that was brought could not be read; "" while it waits."""
    return not_read(FileNotReadError(scan.refused)) if scan.refused else ""


def not_read(error: FileNotReadError) -> str:
    """Why a file cannot be read."""
    limits = thresholds()
    return {
        "kind": _("This is no readable PNG, JPEG, TIFF or PDF file. Nothing was taken."),
        "locked": _("This PDF has a password. Scan it without one. Nothing was taken."),
        "big": _("This file or a page of it is too large. Scan with 150 to 300 dots an inch."),
        "pages": _("More than %(most)s pages: please bring them in several files.")
        % {"most": limits.most_pages},
    }[error.why]


def mailing_list(run: SheetRun, sheets: Iterable[Sheet]) -> str:
    """Which sheet goes to which visit, by the hospital's own number: no name, no address."""
    rows = [
        [
            sheet.code,
            sheet.step.member.visit.external_id if sheet.step is not None else "",
            sheet.place.name,
            run.language,
            f"{sheet.closes_at:%Y-%m-%d}",
        ]
        for sheet in sheets
    ]
    return csv_text(["sheet", "visit", "place", "language", "answer by"], rows)
