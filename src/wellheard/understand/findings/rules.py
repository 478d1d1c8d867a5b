"""Pure: what a finding is, which of many to show, and in what order."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal[
    "shift", "trend", "gap", "driver", "theme_rise", "silence", "dissatisfaction", "peak"
]
KINDS: tuple[Kind, ...] = (
    "shift", "trend", "gap", "driver", "theme_rise", "silence", "dissatisfaction", "peak",
)  # fmt: skip
Direction = Literal["better", "worse", "neither"]
Verdict = Literal["better", "worse", "ended", "matters"]
# A new level within so many days of a peak's beginning or end is the same story.
_SAME_TIME = 46
_FILE = Path(__file__).with_name("data") / "findings-2026-11.json"


@dataclass(frozen=True, slots=True)
class FindingPolicy:
    """Thresholds, from versioned data.

    ``worth``: the smallest change worth a word, in points; ``shares``: what part of the chance to
    err each kind has; ``sure``: the chance to err up to which something is told as certain.
    """

    version: str
    months: int
    false_discovery: float
    sure: float
    shares: Mapping[str, float]
    most_shown: int
    fewest_side: int
    fewest_at_time: int
    headline_share: float
    worth: Mapping[str, float]
    driver: Mapping[str, float]
    theme: Mapping[str, float]
    silence: Mapping[str, float]
    dissatisfaction: Mapping[str, float]
    not_groups: frozenset[str]


@cache
def finding_policy() -> FindingPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    values = {name: page[name] for name in FindingPolicy.__slots__}
    return FindingPolicy(**{**values, "not_groups": frozenset(page["not_groups"])})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    ``place``: name of a place or site, None for the whole organisation; ``measure``: code of a
    measure, a theme or a rate; ``group``: whose answers, for example "language=es" or
    "Monday 08:00-12:00", "" for everybody's. ``estimate`` with ``low`` and ``high`` is in
    ``unit``. ``sure``: False for what is possible only. ``rank``: how much it matters, larger
    first. ``details``: the figures beneath it.
    """

    kind: Kind
    place: str | None
    measure: str
    group: str
    direction: Direction
    start_on: date | None
    estimate: float
    low: float
    high: float
    n: int
    method: str
    verdict: Verdict
    sentence: str
    unit: str = "points"
    site: str | None = None
    place_id: int | None = None
    site_id: int | None = None
    start_low: date | None = None
    start_high: date | None = None
    also: tuple[str, ...] = ()
    rank: float = 0.0
    p: float = 0.0
    sure: bool = True
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int | None, int | None, str, str]:
        """What makes it the same finding the next time."""
        return (self.kind, self.place_id, self.site_id, self.measure, self.group)

    @property
    def needs_comments(self) -> bool:
        """Whether it counts comments, which only some may read."""
        return self.kind == "theme_rise" or bool(self.details.get("counts_comments"))

    def as_dict(self) -> dict[str, Any]:
        """For programs: dates as text, figures rounded to what they can carry."""
        row = asdict(self)
        for name in ("start_on", "start_low", "start_high"):
            row[name] = row[name].isoformat() if row[name] else None
        for name in ("estimate", "low", "high"):
            row[name] = round(row[name], 4)
        row["rank"], row["p"] = round(self.rank, 3), float(f"{self.p:.3g}")
        row["also"], row["details"] = list(self.also), dict(self.details)
        return row


def read_finding(row: Mapping[str, Any]) -> Finding:
    """A finding as ``as_dict`` wrote it."""
    values = dict(row)
    for name in ("start_on", "start_low", "start_high"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["also"] = tuple(values["also"])
    return Finding(**values)


def passing(p_values: Sequence[float], tests: int, rate: float) -> list[bool]:
    """Which pass Benjamini and Hochberg among ``tests`` (those not given count as p = 1)."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    passed = 0
    for rank, at in enumerate(order, start=1):
        if p_values[at] <= rate * rank / max(tests, len(p_values)):
            passed = rank
    kept = set(order[:passed])
    return [at in kept for at in range(len(p_values))]


def is_told_by(level: Finding, peak: Finding) -> bool:
    """Whether a place's new level is a bad (or good) time of the week that came or went."""
    ended = peak.details.get("ended")
    changed = date.fromisoformat(ended) if ended else peak.start_on
    if level.kind != "shift" or level.place_id is None or level.place_id != peak.place_id:
        return False
    if changed is None or level.start_on is None:
        return False
    went_better = (peak.direction == "worse") == bool(ended)
    is_same_way = (level.direction == "better") == went_better
    return is_same_way and abs((level.start_on - changed).days) <= _SAME_TIME


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that passed its test, with what it is about, before equal ones are joined.

    ``about``: claims of the same subject tell one story by several measures; ``z``: how sure.
    """

    about: tuple[Any, ...]
    measure: str
    z: float
    body: Any


def headlines(
    claims: Iterable[Claim], first: str, share: float
) -> list[tuple[Claim, tuple[str, ...]]]:
    """One claim of each subject, with the other measures that say the same.

    The surest one speaks; the overall measure ``first`` does when it is nearly as sure (at least
    ``share`` of the z), because that is what people know.
    """
    by_subject: dict[tuple[Any, ...], list[Claim]] = {}
    for claim in claims:
        by_subject.setdefault(claim.about, []).append(claim)
    found = []
    for same in by_subject.values():
        ordered = sorted(same, key=lambda claim: -abs(claim.z))
        top = ordered[0]
        overall = next((claim for claim in ordered if claim.measure == first), None)
        if overall is not None and abs(overall.z) >= share * abs(top.z):
            top = overall
        also = dict.fromkeys(claim.measure for claim in ordered if claim.measure != top.measure)
        found.append((top, tuple(also)))
    return found


def ranked(findings: Iterable[Finding], most: int) -> list[Finding]:
    """The few that matter most, worse before better where they matter alike; each only once."""
    kept: dict[Any, Finding] = {}
    for finding in sorted(findings, key=lambda each: (-each.rank, each.sentence)):
        kept.setdefault(finding.key, finding)
    return list(kept.values())[:most]


def weight(
    size: float, worth: float, *, reach: float, months_ago: float | None, good: bool = False
) -> float:
    """How much something matters: its size in steps worth a word, how many it concerns, how new.

    ``reach``: share of all answers (or people) it concerns, 0-1. What is better matters less for
    what to do now; what began long ago is known.
    """
    large = min(4.0, abs(size) / worth)
    wide = 0.5 + math.sqrt(min(1.0, max(0.0, reach)))
    new = 1.0 if months_ago is None else 0.6 + 0.8 * math.exp2(-max(0.0, months_ago) / 6)
    return large * wide * new * (0.6 if good else 1.0)


def renumbered(finding: Finding, **changes: Any) -> Finding:
    """The same with some parts changed."""
    return replace(finding, **changes)
