"""The card's versioned data: help lines by country, the words of consent, what we promise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class HelpLines:
    """Numbers for somebody who needs help now; ``crisis`` may be empty."""

    emergency: str
    crisis: str
    crisis_by_text: bool


def help_lines(country: str) -> HelpLines:
    """The numbers of a country ("US", "GB")."""
    data = _read("help-lines-2026-11.json")
    return HelpLines(**data["countries"].get(country, data["elsewhere"]))


def consent_words(channel: str, language: str, organisation: str) -> str:
    """What a person agrees to when they give a contact ("sms", "email")."""
    wording = _read("reply-consent-1.json")["wording"][channel]
    # a name in another script keeps to itself inside a right-to-left sentence
    isolated = f"\u2068{organisation}\u2069" if language == "ar" else organisation
    return str(wording.get(language, wording["en"])).replace("{organisation}", isolated)


def consent_code(language: str) -> str:
    """The code under which those words are kept in the ledger, with version and language."""
    data = _read("reply-consent-1.json")
    return f"{data['code']}-{data['version']}-{language}"


def reply_within_working_days() -> int:
    """By when a person who asked for a reply hears from us first."""
    return int(_read("promise-2026-11.json")["first_reply_within_working_days"])


@cache
def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
