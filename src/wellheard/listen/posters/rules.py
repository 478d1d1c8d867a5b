"""What stands on a poster, pure: its words, its short address, its sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PAPERS = {"a4": "a4", "letter": "us-letter"}
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})


@dataclass(frozen=True, slots=True)
class Wording:
    """The poster's words in one language."""

    language: str
    question: str
    how: str
    short: str
    not_urgent: str

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything on one sheet."""

    organisation: str
    place: str
    site: str
    address: str
    short_address: str
    words: Sequence[Wording]


def card_address(base: str, code: str) -> str:
    """The address in the code on the poster. It names no language: the reader's own is chosen."""
    return f"{base.rstrip('/')}/c/{code}"


def short_address(address: str) -> str:
    """The address as people read and type it: without https://."""
    return re.sub(r"^https?://(www\.)?", "", address)


def paper_for(country: str) -> str:
    """The sheet that lies in the printers of a country ("a4", "letter")."""
    return "letter" if country in {"US", "CA", "MX", "PH", "CL", "CO", "VE"} else "a4"
