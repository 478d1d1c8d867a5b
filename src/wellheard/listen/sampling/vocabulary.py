"""Rules of eligibility, sequences of modes and limits, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.channels.outbox.wording import Wording, load_wording

Steps = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may be asked, and when. ``first_after_hours``, ``first_within_days``: counted from the
    end of the visit, or from when it was booked where people are asked ``after`` "booking";
    ``field_days``: from the first contact. ``instruments``: what is asked under this rule alone,
    and alone under it."""

    code: str
    version: str
    title: str
    kinds: tuple[str, ...]
    least_age: int
    least_nights: int
    service_lines: tuple[str, ...]
    not_discharged_to: tuple[str, ...]
    exclusions: tuple[str, ...]
    first_after_hours: int
    first_within_days: int
    field_days: int
    household: bool
    after: str = "visit"
    instruments: tuple[str, ...] = ()

    @property
    def moment(self) -> str:
        """The field of a visit that lengths of time are counted from."""
        return "booked_at" if self.after == "booking" else "ended_at"


@dataclass(frozen=True, slots=True)
class Sequence:
    """Modes in their order, each with the days after the first contact; by language where the
    usual order does not serve."""

    code: str
    version: str
    title: str
    steps: Steps
    languages: dict[str, Steps]


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds; see the data page for the reason of each."""

    version: str
    frequency_days: int
    representation_below: float
    minimum_group: int
    least_top_up: int
    largest_draw: int
    lowest_response: float
    silence_chance: float
    silence_hours: int
    health_days: int
    lag_alarm_hours: int
    unnamed_ages: tuple[int, ...]


@cache
def eligibilities() -> dict[str, Eligibility]:
    """Every rule of eligibility by its code."""
    page = _page("eligibility-2026-11")
    return {code: _eligibility(code, page["version"], r) for code, r in page["rules"].items()}


def _eligibility(code: str, version: str, rule: dict[str, Any]) -> Eligibility:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in rule.items()}
    return Eligibility(code=code, version=version, **fields)


def fits(instrument: str, rule: Eligibility, *, period: str = "week") -> bool:
    """Whether a survey may go to those a rule is about: some are about one moment only, as
    booking is, and then nobody else is asked them, those people nothing else, and each week."""
    if rule.after == "booking" and period != "week":
        return False
    if rule.instruments:
        return instrument in rule.instruments
    return all(instrument not in each.instruments for each in eligibilities().values())


@cache
def sequences() -> dict[str, Sequence]:
    """Every sequence of modes by its code."""
    page = _page("modes-2026-11")
    return {
        code: Sequence(
            code,
            page["version"],
            each["title"],
            _steps(each["steps"]),
            {language: _steps(steps) for language, steps in each["languages"].items()},
        )
        for code, each in page["sequences"].items()
    }


def instead(group: str, value: str) -> str:
    """The code of the sequence that may reach a silent group."""
    table = _page("modes-2026-11")["instead"]
    found = table.get(group, table[""])
    if isinstance(found, dict):
        found = found.get(value, found[""])
    return str(found)


@cache
def limits() -> Limits:
    """The limits in force."""
    page = _page("limits-2026-11")
    found = {name: page[name] for name in Limits.__slots__}
    return Limits(**found | {"unnamed_ages": tuple(page["unnamed_ages"])})


@cache
def wording(reminder: bool, after: str = "visit") -> Wording:
    """What an invitation or a reminder says; who has only booked was not treated yet."""
    first = "booking_invitation" if after == "booking" else "survey_invitation"
    return load_wording(files(__package__) / "wordings", "survey_reminder" if reminder else first)


def _steps(rows: list[list[Any]]) -> Steps:
    return tuple((str(mode), int(days)) for mode, days in rows)


@cache
def _page(name: str) -> dict[str, Any]:
    text = (files(__package__) / "data" / f"{name}.json").read_text("utf-8")
    page: dict[str, Any] = json.loads(text)
    return page
