"""Pure: a CMS file's table in, published figures out. Nothing is computed, nothing imputed.

Kinds, told apart by their columns: "long" (one row a measure: hospital, state or national),
"wide" (one row a hospital), OAS CAHPS, Hospital VBP, Overall-Star SAS-pack input, the footnote
crosswalk and the list of measure dates.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.interop.csvfiles.codec import FileRefusedError, Table

NATION = ("nation", "US", "United States")
_VBP_FIGURES = ("Performance Rate", "Score")
_CAHPS_SHAPE = re.compile(r"^H_[A-Z0-9_]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One published figure. ``value`` None: not published; ``footnotes`` say why."""

    level: str
    code: str
    name: str
    measure: str
    kind: str
    value: float | None
    period: tuple[date, date]
    city: str = ""
    state: str = ""
    completes: int | None = None
    response_rate: float | None = None
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """What one file holds: the survey its figures may be compared within, and the figures."""

    survey: str
    label: str
    figures: tuple[Figure, ...] = ()
    footnotes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row by the names in ``columns``; missing columns read as empty."""

    row: Mapping[str, str]

    def text(self, name: str) -> str:
        found = (self.row.get(column) for column in layout()["columns"][name])
        return next((value.strip() for value in found if value is not None), "")

    def number(self, name: str) -> float | None:
        return as_number(self.text(name))

    def count(self, name: str) -> int | None:
        value = self.number(name)
        return None if value is None else round(value)

    def day(self, name: str) -> date:
        return as_day(self.text(name))


@cache
def layout() -> dict[str, Any]:
    """Column names, missing words and recalled periods: versioned data."""
    page = files("wellheard.interop.cms") / "files-2024-07.json"
    found: dict[str, Any] = json.loads(page.read_text("utf-8"))
    return found


def read_release(table: Table, file_name: str) -> Release:
    """The figures of one CMS file. Raises FileRefusedError with line and reason."""
    for holds, read in _KINDS:
        if holds(set(table.header)):
            return read(table, file_name)
    raise FileRefusedError(
        f"these are not the columns of a CMS patient-experience file: {', '.join(table.header[:6])}"
    )


def as_number(text: str) -> float | None:
    """A figure as CMS writes it: "97", "77.4970%", "0 out of 10", or a word for missing."""
    if text.strip().lower() in layout()["missing"]:
        return None
    plain = text.replace(",", "").removesuffix("%").split(" out of ")[0].strip()
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FileRefusedError(f"{text[:40]!r} is not a figure")
    return value


@cache
def as_day(text: str) -> date:
    for shape in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise FileRefusedError(f"{text[:40]!r} is not a date as month/day/year")


# -- one reader for each kind of file --------------------------------------------------------------


def _long(table: Table, file_name: str) -> Release:
    figures = tuple(_each(table, lambda c, _: [_long_figure(c)]))
    codes = {figure.code for figure in figures if figure.level == "hospital"}
    cancer = layout()["cancer_hospitals"]
    is_cancer = codes <= set(cancer["facilities"]) if codes else "pch" in file_name.lower()
    return _release(cancer["survey"] if is_cancer else "hcahps", figures)


def _long_figure(cells: _Cells) -> Figure:
    measure = cells.text("measure")
    kind, column, note = _kind_of(measure)
    return Figure(
        **_where(cells),
        measure=measure,
        kind=kind,
        value=cells.number(column),
        completes=_only_count(cells.text("completes")),
        response_rate=cells.number("response_rate"),
        footnotes=_codes(cells.text(note)),
        period=(cells.day("start"), cells.day("end")),
    )


def _wide(table: Table, file_name: str) -> Release:
    measures = [name for name in table.header if _CAHPS_SHAPE.match(name)]
    return _release("hcahps", tuple(_each(table, lambda c, _: _wide_figures(c, measures))))


def _wide_figures(cells: _Cells, measures: list[str]) -> Iterator[Figure]:
    about = _about(cells, (cells.day("start"), cells.day("end")))
    for measure in measures:
        value = as_number(cells.row[measure])
        yield Figure(**about, measure=measure, kind=_kind_of(measure)[0], value=value)


def _oas(table: Table, file_name: str) -> Release:
    every = [_Cells(row) for _, row in _dicts(table)]
    dated = next((cells for cells in every if cells.text("start")), None)
    if dated is None:
        raise FileRefusedError("the file gives no period")
    # Facilities without results carry no dates: they belong to the file's one period.
    period = (dated.day("start"), dated.day("end"))
    return _release("oas-cahps-hopd", tuple(_each(table, lambda c, _: _oas_figures(c, period))))


def _oas_figures(cells: _Cells, period: tuple[date, date]) -> Iterator[Figure]:
    about = _about(cells, period) | {"footnotes": _codes(cells.text("percent_footnote"))}
    for column, measure in layout()["oas_columns"].items():
        if column in cells.row:
            value = as_number(cells.row[column])
            yield Figure(**about, measure=measure, kind=_kind_of(measure)[0], value=value)


def _vbp(table: Table, file_name: str) -> Release:
    figures = tuple(_each(table, lambda c, _: _vbp_figures(c)))
    return _release("hospital-vbp", figures)


def _vbp_figures(cells: _Cells) -> Iterator[Figure]:
    year = cells.text("fiscal_year")
    known = layout()["vbp_periods"].get(year)
    if known is None:
        raise FileRefusedError(f"the periods of fiscal year {year!r} are not known to this version")
    first, last = (date.fromisoformat(day) for day in known["performance"])
    where = _where(cells)
    for column, raw in cells.row.items():
        if column.endswith(_VBP_FIGURES):
            kind = "percent" if column.endswith("Rate") else "points"
            value = as_number(raw)
            yield Figure(**where, measure=column, kind=kind, value=value, period=(first, last))


def _saspack(table: Table, file_name: str) -> Release:
    found = re.search(r"\d{4}-\d{2}", file_name)
    known = layout()["saspack_periods"].get(found[0] if found else "")
    if known is None:
        raise FileRefusedError("this file carries no period, and its release is not in its name")
    first, last = (date.fromisoformat(day) for day in known["period"])
    names = [n for n in table.header if n.endswith(("_LINEAR", "_STAR_RATING"))]
    figures = tuple(_each(table, lambda c, _: _saspack_figures(c, names, (first, last))))
    doubt = "" if known["confirmed"] else " (period as recalled, not confirmed)"
    release = found[0] if found else ""
    return Release("hcahps", f"Overall Star input of {release}{doubt}", once_each(figures))


def _saspack_figures(
    cells: _Cells, names: list[str], period: tuple[date, date]
) -> Iterator[Figure]:
    about = _about(cells, period)
    for name in names:
        measure = f"{name}_SCORE" if name.endswith("_LINEAR") else name
        value = as_number(cells.row[name])
        yield Figure(**about, measure=measure, kind=_kind_of(measure)[0], value=value)


def _footnotes(table: Table, file_name: str) -> Release:
    texts = {r["Footnote"].strip(): r["Footnote Text"].strip() for _, r in _dicts(table)}
    return Release("footnotes", f"{len(texts)} footnotes", footnotes=texts)


def _dates(table: Table, file_name: str) -> Release:
    return Release("measure-dates", "every figure already carries its own period")


# -- shared parts ----------------------------------------------------------------------------------


def _about(cells: _Cells, period: tuple[date, date]) -> dict[str, Any]:
    """What all figures of one row share."""
    return {
        **_where(cells),
        "completes": cells.count("completes"),
        "response_rate": cells.number("response_rate"),
        "period": period,
    }


def _where(cells: _Cells) -> dict[str, Any]:
    """Whose figure it is: a facility's, else a state's, else the nation's."""
    if code := cells.text("facility") or cells.text("provider"):
        # A spreadsheet on the way drops the zero that CCNs of the first nine states begin with.
        code = code.zfill(6)
        return {
            "level": "hospital",
            "code": code,
            "name": cells.text("name"),
            "city": cells.text("city"),
            "state": cells.text("state"),
        }
    if state := cells.text("state"):
        return {"level": "state", "code": state, "name": state, "state": state}
    level, code, name = NATION
    return {"level": level, "code": code, "name": name}


def _kind_of(measure: str) -> tuple[str, str, str]:
    """Kind of figure, and the columns of its value and its footnote in a long file."""
    if measure.endswith("STAR_RATING"):
        return "star", "star", "star_footnote"
    if measure.endswith(("LINEAR_SCORE", "_LINEAR")):
        return "linear", "linear", "percent_footnote"
    return "percent", "percent", "percent_footnote"


def _only_count(text: str) -> int | None:
    """Completed surveys; older files also write "FEWER THAN 50", which is no number."""
    return None if text.upper().startswith("FEWER") else _maybe_round(as_number(text))


def _maybe_round(value: float | None) -> int | None:
    return None if value is None else round(value)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _each(table: Table, read: Callable[[_Cells, int], Any]) -> Iterator[Figure]:
    for line, row in _dicts(table):
        try:
            yield from read(_Cells(row), line)
        except FileRefusedError as error:
            raise FileRefusedError(f"line {line}: {error}") from None


def _dicts(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    for row in table.rows:
        if len(row.cells) != len(table.header):
            raise FileRefusedError(
                f"line {row.line} has {len(row.cells)} cells, the heading has {len(table.header)}"
            )
        yield row.line, dict(zip(table.header, row.cells, strict=True))


def once_each(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Each figure once: a row that says the same again is dropped.

    Raises FileRefusedError when a file gives one figure of one hospital in two ways.
    """
    kept: dict[tuple[str, str, str], Figure] = {}
    for figure in figures:
        known = kept.setdefault((figure.level, figure.code, figure.measure), figure)
        if known != figure:
            raise FileRefusedError(
                f"{figure.level} {figure.code} ({figure.name[:60]}) has two figures of "
                f"{figure.measure}: {known.value} and {figure.value}. Keep the right one"
            )
    return tuple(kept.values())


def _release(survey: str, given: tuple[Figure, ...]) -> Release:
    figures = once_each(given)
    if not figures:
        raise FileRefusedError("the file holds no figures")
    first = min(figure.period[0] for figure in figures)
    last = max(figure.period[1] for figure in figures)
    return Release(survey, f"{first.isoformat()} to {last.isoformat()}", figures)


_KINDS: tuple[tuple[Callable[[set[str]], bool], Callable[[Table, str], Release]], ...] = (
    (lambda names: bool(names & set(layout()["oas_columns"])), _oas),
    (lambda names: "Fiscal Year" in names, _vbp),
    (lambda names: "HCAHPS Answer Percent" in names, _long),
    (lambda names: {"PROVIDER_ID", "H_NUMB_COMP"} <= names, _saspack),
    (lambda names: {"Provider_ID", "Measure_Start_Date"} <= names, _wide),
    (lambda names: {"Footnote", "Footnote Text"} <= names, _footnotes),
    (lambda names: {"Measure ID", "Measure Start Quarter"} <= names, _dates),
)
