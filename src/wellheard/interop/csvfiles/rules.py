"""Pure: which column is what, and whether each row can be taken, with line and reason."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from wellheard.interop.csvfiles.codec import FileRefusedError, Row, Table, limits

_LANGUAGE = re.compile(r"^[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one row cannot be taken."""

    line: int
    column: str
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which heading of the file serves which column of ours; the rest is ignored by name."""

    kind: str
    used: Mapping[str, str]
    ignored: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What a file's rows became: values by our column names, and every fault."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    empty: int = 0


@cache
def columns() -> Mapping[str, Any]:
    page = files("wellheard.interop.csvfiles") / "columns-2026-11.json"
    found: Mapping[str, Any] = json.loads(page.read_text("utf-8"))
    return found


def guess_layout(kind: str, header: Sequence[str], more: Iterable[str] = ()) -> Layout:
    """The likely layout of a file of ``kind``: exact names first, then known headings.

    ``more``: further columns that are taken under their own name (an instrument's items).
    Raises FileRefusedError when a needed column is not there.
    """
    return choose_layout(kind, header, guess_used(kind, header, more))


def guess_used(kind: str, header: Sequence[str], more: Iterable[str] = ()) -> dict[str, str]:
    """Our columns and the headings that likely serve them; what fits nothing is left out."""
    known = {**columns()[kind], **{name: [name] for name in more}}
    folded = {_folded(name): name for name in header if name}
    used: dict[str, str] = {}
    for depth in range(max(len(names) for names in known.values())):
        for ours, names in known.items():
            if ours in used or depth >= len(names):
                continue
            theirs = folded.get(_folded(names[depth]))
            if theirs is not None and theirs not in used.values():
                used[ours] = theirs
    return used


def choose_layout(kind: str, header: Sequence[str], used: Mapping[str, str]) -> Layout:
    """A layout as somebody confirmed it. Raises FileRefusedError."""
    for needed in columns()["needed"][kind]:
        if not used.get(needed):
            raise FileRefusedError(
                f"there is no column {needed!r}; the columns are: {', '.join(header)[:300]}"
            )
    strangers = [theirs for theirs in used.values() if theirs and theirs not in header]
    if strangers:
        raise FileRefusedError(f"there is no column {strangers[0]!r} in the file")
    kept = {ours: theirs for ours, theirs in used.items() if theirs}
    return Layout(kind, kept, tuple(n for n in header if n and n not in kept.values()))


def read_comments(table: Table, layout: Layout, *, zone: str) -> Reading:
    """Every row of a comment file: text as it is, the rest checked. Rows without text are empty."""
    reading = Reading()
    for row, cells in picked(table, layout):
        if not cells.get("text", "").strip():
            reading.empty += 1
            continue
        values: dict[str, Any] = {"text": cells["text"]}
        faults = [
            *too_long(row, layout, cells),
            *take_cell(values, row, layout, cells, "received_at", lambda v: read_moment(v, zone)),
            *take_cell(values, row, layout, cells, "rating", _rating),
            *take_cell(values, row, layout, cells, "question_type", _question_type),
            *take_cell(values, row, layout, cells, "language", read_language),
        ]
        for name in ("place", "site", "question", "comment_id", "respondent_id"):
            values[name] = cells.get(name, "").strip()
        note_row(reading, row, values, faults)
    return reading


def read_responses(
    table: Table, layout: Layout, *, zone: str, items: Mapping[str, tuple[int, int]]
) -> Reading:
    """Every row of a response file. ``items``: code to lowest and highest allowed answer."""
    reading = Reading()
    for row, cells in picked(table, layout):
        values: dict[str, Any] = {"answers": {}}
        faults = [
            *too_long(row, layout, cells),
            *take_cell(values, row, layout, cells, "received_at", lambda v: read_moment(v, zone)),
            *take_cell(values, row, layout, cells, "language", read_language),
            *take_cell(values, row, layout, cells, "mode", read_mode),
        ]
        for code, (low, high) in items.items():
            faults += _answer(values["answers"], row, layout, cells, code, low, high)
        for name in ("response_id", "site", "place", "age_band", "sex", "ethnicity", "payer"):
            values[name] = cells.get(name, "").strip()
        values["instrument"] = cells.get("instrument", "").strip()
        values["comment"] = cells.get("comment", "")
        if not faults and not values["answers"] and not values["comment"].strip():
            reading.empty += 1
            continue
        note_row(reading, row, values, faults)
    return reading


def read_moment(value: str, zone: str) -> datetime:
    """An ISO 8601 date or moment, in UTC. Without an offset it is meant in ``zone``; a plain date
    is noon there, so that no zone moves it to another day. Raises ValueError with the reason."""
    text = value.strip().replace("/", "-") if re.match(r"^\d{4}/", value.strip()) else value.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            moment = datetime.combine(date.fromisoformat(text), time(12), ZoneInfo(zone))
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{value.strip()[:40]!r} is not a date as year-month-day, for example 2026-03-31"
        ) from None
    if not 1990 <= moment.year <= 2100:
        raise ValueError(f"the year {moment.year} cannot be right")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


def version_on(known: Sequence[tuple[str, int]], moment: datetime | None) -> int:
    """Which version was asked at a moment: the newest in force then; without a moment, now's.

    ``known``: (effective from as an ISO date, version), oldest first. Answers older than every
    version are read as of the oldest.
    """
    if moment is None:
        return known[-1][1]
    day = moment.date().isoformat()
    return max((pair for pair in known if pair[0] <= day), default=known[0])[1]


def fingerprint(kind: str, values: Mapping[str, Any], occurrence: int) -> str:
    """What makes a row the same when it comes again: its id, else all it says.

    ``occurrence``: how many rows of the same file said exactly the same before it. Two people
    may both write "Nothing": without an id, a person or a moment they stay two.
    """
    own = values.get("comment_id") or values.get("response_id")
    if own:
        facts: list[Any] = [kind, "id", own]
    else:
        dated = bool(values.get("respondent_id")) and bool(values.get("received_at"))
        shown = {name: str(value) for name, value in sorted(values.items()) if value}
        facts = [kind, "row", shown, 0 if dated else occurrence]
    return (
        "import:" + hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:56]
    )


def picked(table: Table, layout: Layout) -> Iterable[tuple[Row, dict[str, str]]]:
    where = {ours: table.header.index(theirs) for ours, theirs in layout.used.items()}
    for row in table.rows:
        cells = row.cells
        yield row, {ours: cells[at] if at < len(cells) else "" for ours, at in where.items()}


@cache
def read_code(vocabulary: str) -> Callable[[str], str]:
    """A reader of one of our codes, also under the names that other systems give it."""
    codes: Mapping[str, Sequence[str]] = columns()[vocabulary]
    known = {_plain(name): code for code, names in codes.items() for name in (code, *names)}

    def read(raw: str) -> str:
        found = known.get(_plain(raw))
        if found is None:
            raise ValueError(f"{raw[:40]!r} is not one of {', '.join(codes)}")
        return found

    return read


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", " ").replace("-", " ")


def read_day(raw: str) -> date:
    """A date as year-month-day; what stands behind it is left. Raises ValueError."""
    try:
        return date.fromisoformat(raw.strip()[:10])
    except ValueError:
        raise ValueError("is not a date as year-month-day") from None


def filled_rows(
    table: Table, layout: Layout, reading: Reading, texts: Sequence[str]
) -> Iterator[tuple[Row, dict[str, str], dict[str, Any], list[Fault]]]:
    """Every row that is not empty (those are counted): its cells, ``texts`` as values, and what is
    too long."""
    for row, cells in picked(table, layout):
        if not any(cell.strip() for cell in cells.values()):
            reading.empty += 1
            continue
        values: dict[str, Any] = {name: cells.get(name, "").strip() for name in texts}
        yield row, cells, values, too_long(row, layout, cells)


def take_cell(
    values: dict[str, Any],
    row: Row,
    layout: Layout,
    cells: Mapping[str, str],
    name: str,
    read: Any,
) -> list[Fault]:
    raw = cells.get(name, "").strip()
    values[name] = None
    if not raw:
        return []
    try:
        values[name] = read(raw)
    except ValueError as error:
        return [Fault(row.line, layout.used[name], str(error))]
    return []


def _answer(
    answers: dict[str, int],
    row: Row,
    layout: Layout,
    cells: Mapping[str, str],
    code: str,
    low: int,
    high: int,
) -> list[Fault]:
    raw = cells.get(code, "").strip()
    if not raw:
        return []
    try:
        answers[code] = whole_answer(raw, low, high)
    except ValueError as error:
        return [Fault(row.line, layout.used[code], str(error))]
    return []


def too_long(row: Row, layout: Layout, cells: Mapping[str, str]) -> list[Fault]:
    return [
        Fault(row.line, layout.used[name], f"is longer than {longest(name):,} characters")
        for name, cell in cells.items()
        if len(cell.strip()) > longest(name)
    ]


def longest(name: str) -> int:
    return int(limits()["longest"].get(name, limits()["longest_cell"]))


def note_row(reading: Reading, row: Row, values: dict[str, Any], faults: list[Fault]) -> None:
    if faults:
        reading.faults += faults
    else:
        reading.rows.append((row.line, values))


def _rating(raw: str) -> float:
    if not _NUMBER.match(raw) or not 0 <= float(raw) <= 100:
        raise ValueError(f"{raw[:40]!r} is not a number from 0 to 100")
    return round(float(raw), 2)


def rating_scale(ratings: Iterable[float]) -> int:
    """The top of the scale a file's ratings stand on (5, 10 or 100): the first that holds all.

    Asked of the whole file: a 4 among 8s and 9s is 4 of 10, not 4 of 5.
    """
    highest = max(ratings, default=0)
    return next(top for top in (5, 10, 100) if highest <= top)


def _question_type(raw: str) -> str:
    allowed: list[str] = columns()["question_types"]
    found = raw.strip().lower().replace(" ", "_")
    if found not in allowed:
        raise ValueError(f"{raw[:40]!r} is not one of {', '.join(allowed)}")
    return found


def whole_answer(raw: str, low: int, high: int) -> int:
    """An answer on a scale. Raises ValueError with the reason."""
    number = float(raw) if _NUMBER.match(raw) else None
    if number is None or not number.is_integer() or not low <= number <= high:
        raise ValueError(f"{raw[:40]!r} is not a whole number from {low} to {high}")
    return int(number)


def read_mode(raw: str) -> str:
    allowed: list[str] = columns()["modes"]
    if raw.lower() not in allowed:
        raise ValueError(f"{raw[:40]!r} is not one of {', '.join(allowed)}")
    return raw.lower()


def read_language(raw: str) -> str:
    if not _LANGUAGE.match(raw):
        raise ValueError(f"{raw[:40]!r} is not a language code such as en, es or ar")
    return raw.lower() if len(raw) <= 3 else raw


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()
