"""The answer as a file to take along: CSV and XLSX, with everything that belongs to it."""

from __future__ import annotations

import csv
import io
from datetime import date

from django.utils.translation import gettext as _

from wellheard.base.pages.tables import harmless
from wellheard.prove.explore.presenters import basis_of, method_words, name_of, note_words, title_of
from wellheard.prove.explore.queries import Answer


def header() -> list[str]:
    """The columns."""
    return [
        "group", "first_day", "last_day", "n", "estimate", "low", "high", "unit", "few_answers",
    ]  # fmt: skip


def rows(answer: Answer) -> list[list[str | int | float]]:
    """One row a figure; shares in percent, rounded to a tenth."""
    unit = answer.measure.unit or "0-100"
    return [
        [
            name_of(answer, each),
            each.start.isoformat(),
            date.fromordinal(each.stop.toordinal() - 1).isoformat(),
            each.score.n,
            round(each.score.estimate, 1),
            round(each.score.low, 1),
            round(each.score.high, 1),
            unit,
            "yes" if each.score.is_low else "no",
        ]
        for each in answer.figures
    ]


def about(answer: Answer, *, made_on: date, address: str) -> list[tuple[str, str]]:
    """What must stand with the figures wherever they go."""
    said = [
        (_("Measure"), answer.measure.title),
        (_("Definition"), answer.measure.definition),
        (_("Version"), f"{answer.measure.version} ({answer.measure.effective_from})"),
        (_("Shown"), title_of(answer)),
        (_("Computed as"), method_words(answer.measure)),
        (_("Basis"), "; ".join(basis_of(answer))),
        (_("Note"), " ".join(note_words()[code] for code in answer.notes)),
        (_("Too few answers"), ", ".join(answer.missing)),
        (_("Made on"), made_on.isoformat()),
        (_("Page"), address),
    ]
    return [(name, value) for name, value in said if value]


def as_csv(answer: Answer, *, made_on: date, address: str) -> bytes:
    """UTF-8 with a mark for spreadsheets; the figures first, then what belongs to them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header())
    writer.writerows([harmless(cell) for cell in row] for row in rows(answer))
    writer.writerow([])
    writer.writerows(
        [harmless(name), harmless(value)]
        for name, value in about(answer, made_on=made_on, address=address)
    )
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(answer: Answer, *, made_on: date, address: str) -> bytes:
    """A sheet with the figures and one with what belongs to them; no formula, no link."""
    # Loaded only for a file.
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        strong = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Figures")[:31])
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 8, 12)
        sheet.write_row(0, 0, header(), strong)
        for number, row in enumerate(rows(answer), start=1):
            sheet.write_row(number, 0, row)
        notes = book.add_worksheet(_("About")[:31])
        notes.set_column(0, 0, 18, strong)
        notes.set_column(1, 1, 100, book.add_format({"text_wrap": True}))
        for number, pair in enumerate(about(answer, made_on=made_on, address=address)):
            notes.write_row(number, 0, pair)
    return out.getvalue()
