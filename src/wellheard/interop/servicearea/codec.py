"""Reading a Hospital Service Area file. Pure: a table in, the cells of our areas out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.interop.csvfiles.codec import FileRefusedError, Row, Table
from wellheard.interop.csvfiles.rules import Fault
from wellheard.understand.share.rules import Cell

_HOSPITAL = re.compile(r"^\d\d[0-9A-Z]\d\d[0-9A-F]$")
_AREA = re.compile(r"^\d{3,5}$")
_COUNT = re.compile(r"^\d{1,3}(,\d{3})+$|^\d{1,9}$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CCN, _ZIP = 6, 5


@dataclass(slots=True)
class ServiceArea:
    """The cells of every hospital in the areas where ours treated somebody.

    ``rows``: of the file; ``nowhere``: rows whose area is not published either.
    """

    cells: list[Cell] = field(default_factory=list)
    rows: int = 0
    nowhere: int = 0
    faults: list[Fault] = field(default_factory=list)


@cache
def _page() -> Mapping[str, Any]:
    text = files(__package__).joinpath("data", "columns-2026-11.json").read_text("utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def read_service_area(table: Table, ours: Collection[str], year: int, name: str) -> ServiceArea:
    """The file as it concerns the hospitals ``ours``.

    Raises FileRefusedError for another kind of file, a year that the name contradicts, or a file
    in which none of ours stands; single rows that cannot be taken are its faults.
    """
    _check_year(year, name)
    where = _columns(table.header)
    found = ServiceArea(rows=len(table.rows))
    seen: dict[str, int] = {}
    cells = list(_cells(table.rows, where, found, seen))
    home = {cell.area for cell in cells if cell.hospital in ours}
    missing = sorted(set(ours) - {cell.hospital for cell in cells})
    if missing and not found.faults:
        raise FileRefusedError(f"there is no hospital {', '.join(missing)} in the file")
    found.cells = [cell for cell in cells if cell.area in home]
    return found


def read_hospitals(text: str) -> tuple[str, ...]:
    """CMS numbers of hospitals as people write them. Raises FileRefusedError."""
    given = [_hospital(part) for part in re.split(r"[\s,;]+", text.strip()) if part]
    if not given or not all(_HOSPITAL.match(each) for each in given):
        raise FileRefusedError("say the CMS number of each of our hospitals, six signs like 050441")
    return tuple(dict.fromkeys(given))


def read_year(text: str) -> int:
    """A year in four digits. Raises FileRefusedError."""
    if not (text.strip().isascii() and re.fullmatch(r"\d{4}", text.strip())):
        raise FileRefusedError("say the year of the file in four digits")
    if int(text) < _page()["first_year"]:
        raise FileRefusedError(f"there are no such files before {_page()['first_year']}")
    return int(text)


def _check_year(year: int, name: str) -> None:
    named = {int(each) for each in _YEAR.findall(name)}
    if named and year not in named:
        told = ", ".join(map(str, sorted(named)))
        raise FileRefusedError(f"the file is named for {told}, not for {year}")


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Where each column of ours stands."""
    folded = [each.strip().upper() for each in header]
    where = {
        ours: folded.index(theirs)
        for ours, names in _page()["headings"].items()
        for theirs in names
        if theirs in folded
    }
    missing = [each for each in _page()["needed"] if each not in where]
    if missing:
        wanted = ", ".join(_page()["headings"][each][0] for each in missing)
        raise FileRefusedError(f"this is no Hospital Service Area file: it lacks {wanted}")
    return where


def _cells(
    rows: Iterable[Row], where: Mapping[str, int], found: ServiceArea, seen: dict[str, int]
) -> Iterator[Cell]:
    hidden = set(_page()["not_published"])
    for row in rows:
        cells = {n: row.cells[i].strip() if i < len(row.cells) else "" for n, i in where.items()}
        hospital, area = _hospital(cells["hospital"]), cells["area"]
        if area in hidden and _HOSPITAL.match(hospital):
            found.nowhere += 1
            continue
        fault = _fault(row.line, hospital, area, cells, hidden)
        key = f"{hospital} {area.zfill(_ZIP)}"
        if fault is None and key in seen:
            reason = f"hospital {hospital} and area {area} stand in line {seen[key]} already"
            fault = Fault(row.line, "MEDICARE_PROV_NUM", reason)
        if fault is not None:
            found.faults.append(fault)
            continue
        seen[key] = row.line
        cases, days = (_count(cells.get(name, ""), hidden) for name in ("cases", "days"))
        yield Cell(hospital, area.zfill(_ZIP), cases, days)


def _fault(
    line: int, hospital: str, area: str, cells: Mapping[str, str], hidden: Collection[str]
) -> Fault | None:
    if not _HOSPITAL.match(hospital):
        return Fault(line, "MEDICARE_PROV_NUM", f"{hospital[:20]!r} is no hospital's CMS number")
    if not _AREA.match(area):
        return Fault(line, "ZIP_CD_OF_RESIDENCE", f"{area[:20]!r} is no ZIP code")
    cases = cells["cases"]
    if cases not in hidden and not _COUNT.match(cases):
        return Fault(line, "TOTAL_CASES", f"{cases[:20]!r} is neither a count nor *")
    return None


def _hospital(text: str) -> str:
    """With the zeros that spreadsheets drop."""
    return text.strip().upper().zfill(_CCN)


def _count(text: str, hidden: Collection[str]) -> int | None:
    return None if text in hidden or not _COUNT.match(text) else int(text.replace(",", ""))
