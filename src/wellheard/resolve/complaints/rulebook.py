"""The data files this feature ships with, each read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from wellheard.resolve.complaints.rules.letters import Tone, read_tone
from wellheard.resolve.complaints.rules.routing import Routing, read_routing
from wellheard.resolve.complaints.rules.sharing import SharingRules, read_sharing

_FOLDER = Path(__file__).with_name("rulepacks")
JURISDICTIONS = ("us-hospital", "england")


@cache
def shipped(name: str) -> dict[str, Any]:
    """Return the content of a shipped data file, the newest edition of it."""
    newest = max(_FOLDER.glob(f"{name}-[0-9]*.json"))
    found: dict[str, Any] = json.loads(newest.read_text(encoding="utf-8"))
    return found


@cache
def routing() -> Routing:
    """Return the rules by which cases find their owner."""
    return read_routing(shipped("routing"))


@cache
def tone() -> Tone:
    """Return the lists against which letters are read."""
    return read_tone(shipped("tone"))


@cache
def sharing() -> SharingRules:
    """Return the rules by which we talk with others than the patient."""
    return read_sharing(shipped("sharing"))


@cache
def subjects() -> dict[str, dict[str, Any]]:
    """Return the subjects by code."""
    return {row["code"]: row for row in shipped("subjects")["subjects"]}


def subject_label(code: str, language: str = "") -> str:
    """Return the words for a subject: as staff say it, or as patients read it in `language`."""
    row = subjects().get(code)
    if row is None:
        return code
    label: dict[str, str] = row["label"]
    if not language:
        return str(row.get("staff") or label["en"])
    return label.get(language) or label["en"]


@cache
def coding() -> dict[str, Any]:
    """Return the HCAT lists by which issues are coded."""
    found: dict[str, Any] = shipped("subjects")["hcat"]
    return found
