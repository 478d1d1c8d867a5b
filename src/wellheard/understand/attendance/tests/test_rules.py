"""What became of an appointment, which ones count, and the trap of reminders."""

from __future__ import annotations

import pytest

from wellheard.understand.attendance.rules import (
    Appointment,
    attendance_policy,
    by_reason,
    by_reminder,
    lead_of,
    outcome_of,
)
from wellheard.understand.facts.slices import Month

MONTH = Month(2026, 1)


def some(
    n: int, outcome: str, *, lead: int | None = 3, reminder: str = "none", reason: str = "",
    begin: int = 0,
) -> list[Appointment]:  # fmt: skip
    return [
        Appointment(1, MONTH, f"{reminder}{outcome}{lead}{begin + i}", outcome, lead, reminder, reason)
        for i in range(n)
    ]  # fmt: skip


@pytest.mark.capability("G02")
@pytest.mark.parametrize(
    ("status", "reason", "late", "outcome"),
    [
        ("finished", "", None, "kept"),
        ("arrived", "", None, "kept"),
        ("no_show", "forgot", None, "no_show"),
        ("cancelled", "illness", True, "late_cancel"),
        ("cancelled", "illness", False, "in_good_time"),
        ("cancelled", "", None, "when_unknown"),
        ("cancelled", "clinic", True, "by_us"),
        ("no_show", "clinic", None, "by_us"),
        ("planned", "", None, "not_told"),
    ],
)
def test_only_what_was_due_and_could_be_missed_counts(
    status: str, reason: str, late: bool | None, outcome: str
) -> None:
    assert outcome_of(status, reason, late=late) == outcome


@pytest.mark.parametrize(
    ("days", "band"), [(None, None), (-1, None), (0, 0), (2.9, 0), (3, 3), (7.9, 3), (40, 31)]
)
def test_days_ahead_fall_into_their_band(days: float | None, band: int | None) -> None:
    assert lead_of(days, attendance_policy().lead_days) == band


@pytest.mark.capability("G02")
def test_reminders_sent_for_what_is_booked_far_ahead_are_not_blamed() -> None:
    """Booked today 5 % are missed without a reminder, booked a month ahead 40 % without and 30 %
    with one: over all reminders look harmful, and they are not."""
    rows = some(380, "kept", lead=0) + some(20, "no_show", lead=0)
    rows += some(60, "kept", lead=31) + some(40, "no_show", lead=31)
    rows += some(210, "kept", lead=31, reminder="sent") + some(
        90, "no_show", lead=31, reminder="sent"
    )
    none, sent, seen = by_reminder(rows, minimum=11)
    assert none.missed is not None and (none.missed.count, none.missed.n) == (40, 100)
    assert sent.missed is not None and sent.missed.estimate == 0.3
    assert sent.against_none is not None and sent.against_none.estimate == pytest.approx(-0.1)
    assert (seen.missed, seen.against_none) == (None, None)


def test_small_group_takes_the_next_with_it() -> None:
    rows = some(60, "kept") + some(40, "kept", reminder="sent") + some(5, "kept", reminder="seen")
    none, sent, seen = by_reminder(rows, minimum=11)
    assert none.missed is not None and none.missed.n == 60
    assert sent.missed is None and seen.missed is None


def test_reasons_are_shares_of_what_was_missed_and_few_are_hidden() -> None:
    rows = some(30, "no_show", reason="forgot") + some(20, "late_cancel", reason="transport")
    rows += some(4, "no_show", reason="cost", begin=90) + some(99, "kept", reason="")
    forgot, transport, cost = by_reason(rows, minimum=11)
    assert (forgot.reason, forgot.share and forgot.share.count, forgot.n) == ("forgot", 30, 30)
    assert forgot.share is not None and forgot.share.n == 54
    assert (transport.share, cost.share) == (None, None)
