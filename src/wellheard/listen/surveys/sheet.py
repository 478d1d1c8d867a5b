"""Instruments as a spreadsheet (XLSX) that a translator can work in, and back. Pure.

Four sheets: "Words" holds every text, one a row with a column for each language; "Questions",
"Answers" and "About" hold the rest. A translator fills in "Words" and touches nothing else. What
cannot be read is said with its sheet and cell; nothing is guessed, and formulas are not followed.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wellheard.listen.surveys.languages import text_places

Definition = Mapping[str, Any]
LARGEST_FILE = 5_000_000
LONGEST_WORDS = 2_000
_LARGEST_UNPACKED = 50_000_000
_MOST_ROWS = 5_000
_MOST_FAULTS = 50
_WORDS = ("Text", "What it is")
_QUESTIONS = (
    "Short name", "Kind", "Scale", "Best answers", "Better is", "Ask when", "Rows", "Any order",
    "Mix", "Dimension", "Process", "Lever", "Owner", "Status",
)  # fmt: skip
_KEYS = (
    "code", "kind", "scale", "top_box", "direction", "ask_if", "rows", "shuffle", "mix",
    "dimension", "process", "lever", "owner", "status",
)  # fmt: skip
_ANSWERS = ("Scale", "Value", "Alone")
_ABOUT = ("Field", "Content")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_FORMULA = re.compile(rb'<c [^>]*?r="([A-Z]{1,3}[0-9]{1,7})"[^>]*?>\s*<f[ >/]')
_WRITTEN = {"Words", "Questions", "Answers", "About"}


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong, and where: "Words" and "C7"; the cell is "" for a whole sheet."""

    sheet: str
    cell: str
    why: str

    def __str__(self) -> str:
        return f"{self.sheet} {self.cell}: {self.why}".replace(" :", ":")


class SheetError(ValueError):
    """A spreadsheet that cannot be taken; ``faults`` say where and why."""

    def __init__(self, faults: Sequence[SheetFault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults[:3]))
        self.faults = tuple(faults[:_MOST_FAULTS])


def to_sheet(definition: Definition) -> bytes:
    """The definition as the bytes of an XLSX file."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#e6efec", "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for name, rows in _sheets(definition).items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(rows[0]) - 1, 44 if name == "Words" else 18, wrap)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                style = head if number == 0 else wrap
                if isinstance(value, str):
                    sheet.write_string(number, column, value, style)
                elif value is not None:
                    sheet.write(number, column, value, style)
    book.close()
    return out.getvalue()


def from_sheet(content: bytes) -> dict[str, Any]:
    """The definition in an XLSX file. Raises SheetError.

    The definition still has to pass `rules.read_instrument`.
    """
    tables = _tables(content)
    words, languages = _read_texts(tables["Words"])
    about = _read_about(tables["About"])
    scales = _read_scales(tables["Answers"])
    items = _read_items(tables["Questions"])
    definition = {**about, "title": {}, "intro": {}, "scales": scales, "items": items}
    faults = _put_words(definition, words, languages)
    if faults:
        raise SheetError(faults)
    return definition


def _sheets(definition: Definition) -> dict[str, list[list[Any]]]:
    languages = list(definition["title"])
    texts: list[list[Any]] = [[*_WORDS, *languages]]
    for place in text_places(definition):
        texts.append([place.name, place.what, *(place.words.get(lang, "") for lang in languages)])
    questions: list[list[Any]] = [list(_QUESTIONS)]
    for item in definition["items"]:
        questions.append([_cell(key, item.get(key)) for key in _KEYS])
    answers: list[list[Any]] = [list(_ANSWERS)]
    for code, choices in definition["scales"].items():
        answers += [[code, each["value"], "yes" if each.get("alone") else ""] for each in choices]
    apart = {"title", "intro", "scales", "items"}
    about: list[list[Any]] = [list(_ABOUT)]
    for key, value in definition.items():
        if key not in apart:
            about.append([key, value if isinstance(value, str) else json.dumps(value)])
    return {"Words": texts, "Questions": questions, "Answers": answers, "About": about}


def _cell(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key == "top_box":
        return ", ".join(str(each) for each in value)
    if key == "rows":
        return ", ".join(row["code"] for row in value)
    if key == "shuffle":
        return "yes" if value else ""
    return json.dumps(value) if key == "ask_if" else str(value)


def _tables(content: bytes) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if len(content) > LARGEST_FILE:
        raise SheetError([SheetFault("File", "", f"is larger than {LARGEST_FILE // 10**6} MB")])
    _refuse_formulas(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        missing = sorted(_WRITTEN - set(book.sheet_names))
        if missing:
            raise SheetError([SheetFault(name, "", "this sheet is missing") for name in missing])
        tables = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in sorted(_WRITTEN)
        }
    except CalamineError as error:
        raise SheetError([SheetFault("File", "", "this is not a readable XLSX file")]) from error
    long = [name for name, rows in tables.items() if len(rows) > _MOST_ROWS]
    if long:
        raise SheetError([SheetFault(n, "", f"has more than {_MOST_ROWS} rows") for n in long])
    return tables


def _refuse_formulas(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > _LARGEST_UNPACKED:
                raise SheetError([SheetFault("File", "", "is too large when unpacked")])
            for number, name in enumerate(_sheet_names(packed), 1):
                part = f"xl/worksheets/sheet{number}.xml"
                found = _FORMULA.findall(packed.read(part)) if part in packed.namelist() else []
                if found:
                    why = "holds a formula; write the words themselves"
                    raise SheetError([SheetFault(name, cell.decode(), why) for cell in found])
    except zipfile.BadZipFile as error:
        raise SheetError([SheetFault("File", "", "this is not a readable XLSX file")]) from error


def _sheet_names(packed: zipfile.ZipFile) -> list[str]:
    if "xl/workbook.xml" not in packed.namelist():
        raise SheetError([SheetFault("File", "", "this is not a readable XLSX file")])
    found = re.findall(rb'<sheet [^>]*?name="([^"]*)"', packed.read("xl/workbook.xml"))
    return [name.decode("utf-8", "replace") for name in found]


def _head(rows: list[list[Any]], sheet: str, wanted: Sequence[str]) -> list[str]:
    """The header; raises SheetError where it is not the one that was sent out."""
    head = [str(cell).strip() for cell in rows[0]] if rows else []
    faults = [
        SheetFault(sheet, _name(0, column), f"must be {want!r}")
        for column, want in enumerate(wanted)
        if column >= len(head) or head[column] != want
    ]
    if faults:
        raise SheetError(faults)
    return head


def _read_texts(rows: list[list[Any]]) -> tuple[dict[str, tuple[int, list[str]]], list[str]]:
    """Text's name to (its row, its words by column), and the languages of the columns."""
    head = _head(rows, "Words", _WORDS)
    languages = [cell for cell in head[2:] if cell]
    faults = [
        SheetFault("Words", _name(0, column + 2), f"{cell!r} is not the code of a language")
        for column, cell in enumerate(languages)
        if not _LANGUAGE.fullmatch(cell)
    ]
    if not languages:
        faults.append(SheetFault("Words", "C1", "there is no language"))
    if len(set(languages)) < len(languages):
        faults.append(SheetFault("Words", "C1", "a language appears twice"))
    words: dict[str, tuple[int, list[str]]] = {}
    for number, row in enumerate(rows[1:], 1):
        name = str(row[0]).strip()
        if not name:
            continue
        if name in words:
            faults.append(SheetFault("Words", _name(number, 0), f"{name} appears twice"))
        texts = [str(cell).strip() for cell in row[2 : 2 + len(languages)]]
        for column, text in enumerate(texts):
            if len(text) > LONGEST_WORDS:
                why = f"is longer than {LONGEST_WORDS} letters ({len(text)})"
                faults.append(SheetFault("Words", _name(number, column + 2), why))
        words[name] = (number, texts)
    if faults:
        raise SheetError(faults)
    return words, languages


def _read_about(rows: list[list[Any]]) -> dict[str, Any]:
    _head(rows, "About", _ABOUT)
    about: dict[str, Any] = {}
    for number, row in enumerate(rows[1:], 1):
        key, value = str(row[0]).strip(), row[1]
        if not key or key in ("title", "intro", "scales", "items"):
            continue
        try:
            about[key] = _parsed(key, value)
        except ValueError as error:
            fault = SheetFault("About", _name(number, 1), f"{key} cannot be read")
            raise SheetError([fault]) from error
    return about


def _parsed(key: str, value: Any) -> Any:
    if key in ("version", "reviewed"):
        return json.loads(str(value))
    return None if value == "null" else str(value)


def _read_scales(rows: list[list[Any]]) -> dict[str, list[dict[str, Any]]]:
    _head(rows, "Answers", _ANSWERS)
    scales: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows[1:], 1):
        if not str(row[0]).strip():
            continue
        choice: dict[str, Any] = {"value": _whole(row[1], "Answers", _name(number, 1))}
        if str(row[2]).strip():
            choice["alone"] = True
        scales.setdefault(str(row[0]).strip(), []).append(choice)
    return scales


def _read_items(rows: list[list[Any]]) -> list[dict[str, Any]]:
    _head(rows, "Questions", _QUESTIONS)
    items = []
    for number, row in enumerate(rows[1:], 1):
        if not str(row[0]).strip():
            continue
        item: dict[str, Any] = {}
        for column, key in enumerate(_KEYS):
            given = str(row[column]).strip()
            if given:
                item[key] = _content(key, row[column], _name(number, column))
        items.append(item)
    return items


def _content(key: str, given: Any, cell: str) -> Any:
    text = str(given).strip()
    if key == "top_box":
        parts = [given] if isinstance(given, float) else re.split(r"[,; ]+", text)
        return [_whole(part, "Questions", cell) for part in parts]
    if key == "rows":
        return [{"code": code, "text": {}} for code in re.split(r"[,; ]+", text)]
    if key == "shuffle":
        return text.lower() in ("yes", "true", "1", "1.0")
    if key == "ask_if":
        try:
            return json.loads(text)
        except ValueError as error:
            fault = SheetFault(
                "Questions", cell, "this condition cannot be read; leave it as it was"
            )
            raise SheetError([fault]) from error
    return text


def _whole(given: Any, sheet: str, cell: str) -> int:
    try:
        number = float(given)
    except (TypeError, ValueError) as error:
        raise SheetError([SheetFault(sheet, cell, "must be a whole number")]) from error
    if number != int(number):
        raise SheetError([SheetFault(sheet, cell, "must be a whole number")])
    return int(number)


def _put_words(
    definition: dict[str, Any],
    words: Mapping[str, tuple[int, list[str]]],
    languages: Sequence[str],
) -> list[SheetFault]:
    """Put the words where they belong; what is missing or belongs nowhere."""
    faults = []
    known = {place.name: place for place in text_places(definition, every=True)}
    for name, (row, texts) in words.items():
        if name not in known:
            why = f"there is no text called {name!r}"
            faults.append(SheetFault("Words", _name(row, 0), why))
            continue
        given = {lang: text for lang, text in zip(languages, texts, strict=False) if text}
        if known[name].is_needed:
            faults += [
                SheetFault("Words", _name(row, column + 2), f"the words in {lang} are missing")
                for column, lang in enumerate(languages)
                if lang not in given
            ]
        if given:
            known[name].put(given)
    faults += [
        SheetFault("Words", "", f"the row {name!r} is missing")
        for name, place in known.items()
        if place.is_needed and name not in words
    ]
    return faults


def _name(row: int, column: int) -> str:
    """The name of a cell, counted from nought: (6, 2) is C7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
