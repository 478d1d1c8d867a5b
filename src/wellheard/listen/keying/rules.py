"""Paper cards, keyed as they were filled in: rows of a batch, read and checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wellheard.listen.cards.rules import RATINGS, Card
from wellheard.listen.intake.rules.words import TooLongError, read_line, read_words

ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One card as it was keyed. ``wrong``: column to the problem's code."""

    number: int
    rating: str = ""
    language: str = ""
    story: str = ""
    name: str = ""
    contact: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.rating or self.story or self.name or self.contact)

    def card(self) -> Card:
        """The card of a row without problems."""
        reply = "email" if "@" in self.contact else "sms"
        return Card(
            rating=int(self.rating) if self.rating else None,
            story=read_words(self.story),
            reply=("email" if reply == "email" else "sms") if self.contact else "no",
            contact=self.contact,
            name=self.name,
        )


def read_rows(keyed: Mapping[str, str]) -> list[Row]:
    """The rows of a batch: keys such as "story_7". Rows left empty are empty rows."""
    return [_row(number, keyed) for number in range(1, ROWS + 1)]


def doubles(rows: Iterable[Row]) -> dict[int, int]:
    """Row number -> earlier row with the same words: a card keyed twice, most likely."""
    first: dict[str, int] = {}
    found: dict[int, int] = {}
    for row in rows:
        words = " ".join(row.story.casefold().split())
        if len(words) < 12:
            continue
        if words in first:
            found[row.number] = first[words]
        else:
            first[words] = row.number
    return found


def _row(number: int, keyed: Mapping[str, str]) -> Row:
    def given(name: str, longest: int) -> str:
        return read_line(keyed.get(f"{name}_{number}", ""), longest=longest)

    row = Row(
        number=number,
        rating=given("rating", 4),
        language=given("language", 8),
        story=keyed.get(f"story_{number}", "").strip(),
        name=given("name", 120),
        contact=given("contact", 254),
    )
    return Row(row.number, row.rating, row.language, row.story, row.name, row.contact, _wrong(row))


def _wrong(row: Row) -> dict[str, str]:
    wrong = {}
    if row.rating and row.rating not in {str(rating) for rating in RATINGS}:
        wrong["rating"] = "rating"
    if (row.name or row.contact) and not (row.rating or row.story):
        wrong["story"] = "empty"
    try:
        read_words(row.story)
    except TooLongError:
        wrong["story"] = "long"
    return wrong
