"""Reading what outlets publish: CSV, RSS and Atom, JSON. Pure: bytes in, entries out.

An entry that cannot be read is counted and left out; the others stand. ``UnreadableError`` when
nothing can be: its code never holds words of the page.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

from wellheard.listen.reviews.rules import Entry

FIELDS = ("id", "text", "title", "rating", "rating_max", "written_at", "url", "place", "language",
          "deleted")  # fmt: skip
_TAG = re.compile(r"<[^>]{0,2000}>")
_LONGEST = 10_000
_SAID_YES = frozenset({"1", "true", "yes", "deleted"})


class UnreadableError(Exception):
    """The whole page cannot be read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """What one page held. ``broken``: how many could not be read; ``next``: where it goes on."""

    entries: list[Entry] = field(default_factory=list)
    broken: int = 0
    next: str = ""


def read_csv(body: bytes, mapping: Mapping[str, Any]) -> Page:
    """A table with a heading row; ``mapping`` names our fields' columns where they differ."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error:
        raise UnreadableError("not-csv") from None
    named = {name: str(mapping.get(name, name)) for name in FIELDS}
    if rows and not {named["text"], named["rating"]} & set(rows[0]):
        raise UnreadableError("no-columns")
    return _page(({name: row.get(column) for name, column in named.items()} for row in rows),
                 mapping)  # fmt: skip


def read_json(body: bytes, mapping: Mapping[str, Any]) -> Page:
    """A JSON page: ``mapping["items"]`` and ``["next"]`` are dotted paths from the top, the
    others from one item."""
    try:
        top = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("not-json") from None
    items = found(top, str(mapping.get("items", "items")))
    if not isinstance(items, list):
        raise UnreadableError("no-items")
    page = _page(
        ({name: found(item, str(mapping.get(name, name))) for name in FIELDS} for item in items),
        mapping,
    )
    goes_on = found(top, str(mapping.get("next", "next")))
    return Page(page.entries, page.broken, goes_on if isinstance(goes_on, str) else "")


def read_feed(body: bytes) -> Page:
    """RSS or Atom. A rating stands where review feeds put it: ``<review:rating>`` or "4/5"."""
    import feedparser

    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=True, resolve_relative_uris=False)
    if not parsed.get("version"):
        raise UnreadableError("not-a-feed")
    if parsed.bozo and not parsed.entries:
        raise UnreadableError("broken-feed")
    page = _page((_of_feed(each) for each in parsed.entries), {})
    # A feed that breaks off half-way still gives what it gave.
    return Page(page.entries, page.broken + bool(parsed.bozo))


def _of_feed(each: Any) -> dict[str, Any]:
    content = each.get("content") or [{}]
    rated = each.get("review_rating") or each.get("rating") or each.get("im_rating")
    return {
        "id": each.get("id") or each.get("link"),
        "text": content[0].get("value") or each.get("summary"),
        "title": each.get("title"),
        "rating": rated,
        "rating_max": 5 if rated else None,
        "written_at": each.get("published") or each.get("updated"),
        "url": each.get("link"),
        "place": (each.get("tags") or [{}])[0].get("term"),
        "language": content[0].get("language") or "",
    }


def found(top: Any, path: str) -> Any:
    """What stands at a dotted path; None when it does not."""
    for part in path.split(".") if path else ():
        if isinstance(top, list) and part.isdecimal() and int(part) < len(top):
            top = top[int(part)]
        elif isinstance(top, dict):
            top = top.get(part)
        else:
            return None
    return top


def _page(rows: Iterator[dict[str, Any]], mapping: Mapping[str, Any]) -> Page:
    entries, broken = [], 0
    for row in rows:
        try:
            entries.append(_entry(row, mapping))
        except (ValueError, TypeError, OverflowError):
            broken += 1
    return Page(entries, broken)


def _entry(row: Mapping[str, Any], mapping: Mapping[str, Any]) -> Entry:
    title, text = _words(row["title"]), _words(row["text"])
    if title and not text.startswith(title.rstrip("….")):
        text = f"{title}\n{text}".strip()
    rating = _number(row["rating"])
    most = _number(row["rating_max"]) or mapping.get("scale") or 5
    if rating is not None and not 0 <= rating <= float(most):
        raise ValueError("rating")
    deleted = str(row.get("deleted") or "").strip().casefold() in _SAID_YES
    written_at = read_moment(row["written_at"])
    if not text and rating is None and not deleted:
        raise ValueError("empty")
    key = _words(row["id"])[:200] or _key(text, rating, written_at)
    return Entry(
        external_id=key,
        text=text,
        rating=rating,
        rating_max=int(most) if rating is not None else None,
        written_at=written_at,
        url=_address(row["url"]),
        about=_words(row["place"])[:300],
        language=_words(row["language"])[:2].lower(),
        deleted=deleted,
    )


def read_moment(value: Any) -> datetime | None:
    """ISO 8601, RFC 822 or seconds since 1970; None for nothing. Raises ValueError."""
    said = str(value or "").strip()
    if not said:
        return None
    if re.fullmatch(r"\d{9,11}(\.\d+)?", said):
        return datetime.fromtimestamp(float(said), UTC)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = parsedate_to_datetime(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(value: Any) -> float | None:
    said = str("" if value is None else value).strip().split("/")[0].replace(",", ".")
    if not said:
        return None
    number = float(said)
    if not math.isfinite(number):
        raise ValueError("rating")
    return number


def _words(value: Any) -> str:
    if isinstance(value, dict | list):
        raise ValueError("not words")
    plain = unescape(_TAG.sub(" ", str("" if value is None else value))).replace("\x00", "")
    return "\n".join(line for part in plain.splitlines() if (line := " ".join(part.split())))[
        :_LONGEST
    ]


def _address(value: Any) -> str:
    said = str(value or "").strip()
    return said[:500] if said.startswith(("https://", "http://")) else ""


def _key(text: str, rating: float | None, at: datetime | None) -> str:
    return hashlib.sha256(f"{at}|{rating}|{text}".encode()).hexdigest()[:40]
