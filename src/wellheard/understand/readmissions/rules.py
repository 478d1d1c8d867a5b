"""Pure: which stays count, which are one stay, and who came back unplanned."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from wellheard.understand.facts.slices import Month
from wellheard.understand.predictions.rules import Stay
from wellheard.understand.scores.rules import Measure

_FILE = Path(__file__).with_name("data") / "readmission-2026-11.json"
BACK, AWAY = 1, 0
Reason = Literal["died", "hospice", "left", "psychiatric", "not_over", "still_here"]


@dataclass(frozen=True, slots=True)
class ReadmissionPolicy:
    """The rule in force, from versioned data. Times are lengths, codes are those of ``Visit``."""

    code: str
    version: str
    effective_from: str
    source: str
    window: timedelta
    joined_within: timedelta
    no_index_after: frozenset[str]
    no_index_for: frozenset[str]
    planned_lines: frozenset[str]
    booked_ahead: timedelta
    months: int
    table_months: int

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every table."""
        return f"{self.code} {self.version}"


@cache
def readmission_policy() -> ReadmissionPolicy:
    """The rule in force."""
    return read_policy(json.loads(_FILE.read_text("utf-8")))


def read_policy(page: Mapping[str, Any]) -> ReadmissionPolicy:
    """The rule of a definition file."""
    return ReadmissionPolicy(
        code=page["code"],
        version=page["version"],
        effective_from=page["effective_from"],
        source=page["source"],
        window=timedelta(days=page["window_days"]),
        joined_within=timedelta(hours=page["joined_within_hours"]),
        no_index_after=frozenset(page["no_index_after"]),
        no_index_for=frozenset(page["no_index_for"]),
        planned_lines=frozenset(page["planned_lines"]),
        booked_ahead=timedelta(hours=page["booked_ahead_hours"]),
        months=page["months"],
        table_months=page["table_months"],
    )


READMITTED = Measure(
    code="readmitted",
    title="Unplanned readmission within 30 days",
    item="visit.readmitted",
    statistic="top_box",
    best=frozenset({BACK}),
    worst=frozenset(),
    scale=(0, 1),
    direction="decrease",
    says="came back unplanned",
    definition="Stays that ended alive, after which the person was admitted again within 30 days "
    "without it having been planned",
    owner="",
    source="",
    version=1,
    effective_from="2026-11-01",
)


@dataclass(frozen=True, slots=True)
class Episode:
    """One time in hospital: one stay, or several joined by transfers, in the order of time."""

    parts: tuple[Stay, ...]

    @property
    def first(self) -> Stay:
        return self.parts[0]

    @property
    def last(self) -> Stay:
        """The part that ended last: its place sent the person home."""
        return max(self.parts, key=lambda each: (each.open, each.ended))

    @property
    def ended(self) -> datetime:
        return self.last.ended


@dataclass(frozen=True, slots=True)
class Index:
    """A stay that counts: who it was, where and when it ended, what followed.

    ``back``: the unplanned return that counts, if any; ``planned``: the first return was planned.
    """

    episode: Episode
    back: datetime | None
    planned: bool

    @property
    def who(self) -> str:
        return self.episode.first.who

    @property
    def place(self) -> int:
        return self.episode.last.place

    @property
    def ended(self) -> datetime:
        return self.episode.ended


@dataclass(frozen=True, slots=True)
class Followed:
    """Every index stay, and how many episodes are none, by why. ``untold``: admissions of which
    nobody says whether they were planned."""

    index: tuple[Index, ...]
    left_out: Mapping[str, int]
    joined: int
    admissions: int
    untold: int


def follow(stays: Iterable[Stay], policy: ReadmissionPolicy, *, until: datetime) -> Followed:
    """What is known at ``until`` of every stay's end. The window must be over to count: a stay
    with an early return waits too, or months that are not over would look worse than they are."""
    found: list[Index] = []
    left_out: Counter[str] = Counter()
    joined = admissions = untold = 0
    for own in _by_person(stays):
        episodes = joined_stays(own, policy)
        admissions += len(episodes)
        joined += len(own) - len(episodes)
        untold += sum(each.first.planned is None for each in episodes)
        for position, episode in enumerate(episodes):
            reason = why_no_index(episode, policy, until=until)
            if reason:
                left_out[reason] += 1
            else:
                found.append(_index(episode, episodes[position + 1 :], policy))
    return Followed(tuple(found), dict(left_out), joined, admissions, untold)


def _by_person(stays: Iterable[Stay]) -> Iterator[list[Stay]]:
    inpatient = sorted(
        (each for each in stays if each.inpatient),
        key=lambda each: (each.who, each.began, each.ended, each.pk),
    )
    for _, own in groupby(inpatient, key=lambda each: each.who):
        yield list(own)


def joined_stays(own: Sequence[Stay], policy: ReadmissionPolicy) -> list[Episode]:
    """One person's stays, ascending by their beginning, as times in hospital."""
    found: list[Episode] = []
    for stay in own:
        if found and _goes_on(found[-1], stay, policy):
            found[-1] = Episode((*found[-1].parts, stay))
        else:
            found.append(Episode((stay,)))
    return found


def _goes_on(before: Episode, stay: Stay, policy: ReadmissionPolicy) -> bool:
    """Whether a stay is the same time in hospital: it overlaps, or the person was transferred."""
    if before.last.open:
        return False
    gap = stay.began - before.ended
    if gap < timedelta(0):
        return True
    told, elsewhere = stay.transferred, stay.site != before.last.site
    moved = elsewhere if told is None else told
    return moved and gap <= policy.joined_within


def why_no_index(
    episode: Episode, policy: ReadmissionPolicy, *, until: datetime
) -> Reason | Literal[""]:
    """Why this episode's end is not counted; "" when it is."""
    last = episode.last
    if last.open:
        return "still_here"
    if last.discharged_to in policy.no_index_after:
        return last.discharged_to  # type: ignore[return-value]  # codes of the policy file
    if any(each.exclusion in policy.no_index_for for each in episode.parts):
        return "psychiatric"
    return "" if episode.ended + policy.window <= until else "not_over"


def _index(episode: Episode, later: Sequence[Episode], policy: ReadmissionPolicy) -> Index:
    """The first return decides: when it was planned, what follows it does not count either."""
    returned = next(iter(later), None)
    if returned is None or returned.first.began > episode.ended + policy.window:
        return Index(episode, None, planned=False)
    if was_planned(returned.first, policy):
        return Index(episode, None, planned=True)
    return Index(episode, returned.first.began, planned=False)


def was_planned(stay: Stay, policy: ReadmissionPolicy) -> bool:
    """Whether an admission was planned: as the hospital says, else by the rule."""
    if stay.planned is not None:
        return stay.planned
    if stay.line in policy.planned_lines:
        return True
    return stay.booked is not None and stay.began - stay.booked >= policy.booked_ahead


def last_whole_month(until: date, policy: ReadmissionPolicy) -> Month:
    """The month after the last one whose every stay has had its whole window."""
    return Month.containing(until - policy.window)
