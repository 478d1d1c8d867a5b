"""What can be consented to, and which entry of a ledger counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

WRITTEN = ("sms", "email")
CHANNELS = (*WRITTEN, "voice")


@dataclass(frozen=True)
class Purpose:
    """One reason to write to a patient; `code` is stored, the words are for staff pages."""

    code: str
    meaning: str


class Entry(Protocol):
    """One line of the ledger."""

    channel: str
    purpose: str
    given: bool
    at: datetime


def standing(entries: Iterable[Entry], at: datetime) -> dict[tuple[str, str], Entry]:
    """The newest entry up to `at` of each (channel, purpose); of equals, the later in the ledger.

    `entries` come in the order they were written.
    """
    newest: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = (entry.channel, entry.purpose)
        if entry.at <= at and (key not in newest or newest[key].at <= entry.at):
            newest[key] = entry
    return newest
