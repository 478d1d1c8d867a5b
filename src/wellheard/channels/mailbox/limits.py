"""The dated page of limits and marks by which incoming mail is read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class MailRules:
    """Sizes in bytes, lengths in characters; patterns match one line in any case."""

    version: str
    largest_mail: int
    read_of_larger: int
    most_parts: int
    deepest_parts: int
    longest_words: int
    longest_original: int
    most_hops: int
    acknowledgements_a_day: int
    most_files: int
    largest_file: int
    largest_files: int
    mails_at_once: int
    precedence: frozenset[str]
    automatic_headers: tuple[str, ...]
    automatic_senders: frozenset[str]
    reply_marks: tuple[str, ...]
    quote_follows: tuple[re.Pattern[str], ...]
    header_block: tuple[re.Pattern[str], ...]
    signature: tuple[re.Pattern[str], ...]


@cache
def mail_rules() -> MailRules:
    """The rules in force."""
    page: dict[str, Any] = json.loads(
        files(__package__).joinpath("reading-2026-11.json").read_text(encoding="utf-8")
    )
    return MailRules(
        version=page["version"],
        largest_mail=page["largest_mail_bytes"],
        read_of_larger=page["read_of_larger_bytes"],
        most_parts=page["most_parts"],
        deepest_parts=page["deepest_parts"],
        longest_words=page["longest_words"],
        longest_original=page["longest_original"],
        most_hops=page["most_hops"],
        acknowledgements_a_day=page["acknowledgements_per_address_and_day"],
        most_files=page["most_files"],
        largest_file=page["largest_file_bytes"],
        largest_files=page["largest_files_bytes"],
        mails_at_once=page["mails_at_once"],
        precedence=frozenset(page["precedence"]),
        automatic_headers=tuple(page["automatic_headers"]),
        automatic_senders=frozenset(page["automatic_senders"]),
        reply_marks=tuple(page["reply_marks"]),
        quote_follows=_patterns(page["quote_follows"]),
        header_block=_patterns(page["header_block"]),
        signature=_patterns(page["signature"]),
    )


def _patterns(sources: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)
