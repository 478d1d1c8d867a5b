"""Deadlines over holidays and moved clocks, and the words of the badges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wellheard.resolve.complaints.rules.deadlines import clock_words, due_dates, due_from
from wellheard.resolve.complaints.rules.packs import Count, RulePack
from wellheard.resolve.complaints.tests.packs import ENGLAND, US

CHICAGO = ("America/Chicago", "US")
LONDON = ("Europe/London", "GB-ENG")


def due(pack: RulePack, klass: str, received: datetime, where: tuple[str, str]) -> dict[str, str]:
    found = due_dates(received, klass, pack, *where)
    return {one.code: one.due_at.astimezone(UTC).isoformat()[:16] for one in found}


@pytest.mark.capability("C07")
@pytest.mark.parametrize(
    ("received", "decision"),
    [
        # Spring forward on 8 March 2026: the seventh day ends an hour earlier in UTC.
        (datetime(2026, 3, 4, 15, 30, tzinfo=UTC), "2026-03-12T05:00"),
        (datetime(2026, 2, 4, 15, 30, tzinfo=UTC), "2026-02-12T06:00"),
        # Fall back on 1 November 2026.
        (datetime(2026, 10, 28, 15, 30, tzinfo=UTC), "2026-11-05T06:00"),
        # Five past midnight in UTC is still the evening before in Chicago.
        (datetime(2026, 2, 5, 0, 5, tzinfo=UTC), "2026-02-12T06:00"),
        # Over the new year.
        (datetime(2026, 12, 28, 15, 0, tzinfo=UTC), "2027-01-05T06:00"),
    ],
)
def test_seven_days_end_at_local_midnight(received: datetime, decision: str) -> None:
    assert due(US, "grievance", received, CHICAGO)["decision"] == decision


@pytest.mark.capability("C07")
@pytest.mark.parametrize(
    ("received", "acknowledge"),
    [
        # Monday: Tuesday, Wednesday, Thursday are in time.
        (datetime(2026, 2, 2, 9, 0, tzinfo=UTC), "2026-02-06T00:00"),
        # Thursday before Easter: Tuesday, Wednesday, Thursday of the next week.
        (datetime(2026, 4, 2, 9, 0, tzinfo=UTC), "2026-04-09T23:00"),
        # Over Christmas 2026 (Boxing Day is a Saturday, kept on Monday 28).
        (datetime(2026, 12, 23, 9, 0, tzinfo=UTC), "2026-12-31T00:00"),
        # Summer time begins on 29 March 2026.
        (datetime(2026, 3, 27, 9, 0, tzinfo=UTC), "2026-04-01T23:00"),
    ],
)
def test_three_working_days_in_england(received: datetime, acknowledge: str) -> None:
    assert due(ENGLAND, "complaint", received, LONDON)["acknowledge"] == acknowledge


def test_six_months_is_the_same_day_of_the_month() -> None:
    received = datetime(2026, 8, 31, 9, 0, tzinfo=UTC)
    assert due(ENGLAND, "complaint", received, LONDON)["decision"] == "2027-03-01T00:00"


def test_working_days_pass_over_independence_day() -> None:
    received = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    # Friday 3 July 2026 is the observed holiday.
    assert due(US, "grievance", received, CHICAGO)["acknowledge"] == "2026-07-07T05:00"


def test_danger_has_a_clock_in_minutes() -> None:
    received = datetime(2026, 3, 8, 7, 50, tzinfo=UTC)
    found = due_dates(received, "grievance", US, *CHICAGO, tier="immediate")
    review = next(one for one in found if one.code == "review")
    assert review.due_at - received == timedelta(minutes=30)
    assert "review" not in due(US, "grievance", received, CHICAGO)


def test_stated_days_are_a_promise() -> None:
    clock = US.clock("promised")
    assert clock is not None
    sent = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)
    promised = due_from(clock, sent, *CHICAGO, stated_days=21)
    assert promised.due_at == datetime(2026, 4, 2, 5, 0, tzinfo=UTC)
    assert promised.warn_at == datetime(2026, 3, 31, 5, 0, tzinfo=UTC)


@pytest.mark.capability("C07")
@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 3, 4, 20, 0, tzinfo=UTC), "Written notice: day 0 of 7"),
        (datetime(2026, 3, 9, 20, 0, tzinfo=UTC), "Written notice: day 5 of 7"),
        (datetime(2026, 3, 12, 4, 59, tzinfo=UTC), "Written notice: day 7 of 7"),
        (datetime(2026, 3, 12, 5, 0, tzinfo=UTC), "Written notice: 0 min late"),
        (datetime(2026, 3, 12, 8, 0, tzinfo=UTC), "Written notice: 3 h late"),
        (datetime(2026, 3, 14, 15, 0, tzinfo=UTC), "Written notice: 2 days late"),
    ],
)
def test_badge_names_the_rule_and_the_day(now: datetime, words: str) -> None:
    received = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
    ends = datetime(2026, 3, 12, 5, 0, tzinfo=UTC)
    count = Count("calendar_days", 7)
    assert clock_words("Written notice", count, received, ends, now, *CHICAGO) == words


def test_badge_counts_working_days_over_a_weekend() -> None:
    received = datetime(2026, 2, 6, 9, 0, tzinfo=UTC)
    ends = datetime(2026, 2, 12, 0, 0, tzinfo=UTC)
    now = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
    words = clock_words("Acknowledgement", Count("working_days", 3), received, ends, now, *LONDON)
    assert words == "Acknowledgement: working day 1 of 3"


def test_badge_in_minutes() -> None:
    start = datetime(2026, 2, 6, 9, 0, tzinfo=UTC)
    words = clock_words(
        "Safety review",
        Count("minutes", 30),
        start,
        start + timedelta(minutes=30),
        start + timedelta(minutes=18),
        *LONDON,
    )
    assert words == "Safety review: 12 min left"
