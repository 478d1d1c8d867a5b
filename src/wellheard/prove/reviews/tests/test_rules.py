from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from wellheard.prove.reviews.rules import Found, digest_of, new_among, review_policy, week_due

ZONE = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (datetime(2026, 11, 16, 4, 59, tzinfo=ZONE), date(2026, 11, 9)),
        (datetime(2026, 11, 16, 5, 0, tzinfo=ZONE), date(2026, 11, 16)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=ZONE), date(2026, 11, 16)),
        (datetime(2027, 1, 1, 12, 0, tzinfo=ZONE), date(2026, 12, 28)),
    ],
)
def test_week_due_begins_monday_at_five(now: datetime, week: date) -> None:
    assert week_due(now, review_policy()) == week


def found(place: int | None, kind: str, subject: str, **data: int) -> Found:
    return Found(place, kind, subject, "", data)


def test_new_among_leaves_out_what_was_known() -> None:
    both = [found(1, "worse", "quiet"), found(1, "better", "quiet")]
    assert new_among(both, {(1, "worse", "quiet")}) == {(1, "better", "quiet")}


def test_digest_depends_on_the_figures_and_not_on_their_order() -> None:
    a, b = found(1, "worse", "quiet", n=40), found(None, "better", "clean", n=80)
    assert digest_of([a, b]) == digest_of([b, a])
    assert digest_of([a]) != digest_of([found(1, "worse", "quiet", n=41)])
