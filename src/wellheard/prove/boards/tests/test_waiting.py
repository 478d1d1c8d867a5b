"""Waits beside what people say of waiting, with complaints and missed appointments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wellheard.prove.boards.tests.test_pages import page
from wellheard.resolve.complaints.tests.conftest import (  # noqa: F401
    by_officer,
    manager,
    officer,
    opened,
    patient,
    policy,
    said,
)
from wellheard.understand.attendance.tests.visits import keep, seen
from wellheard.understand.themes.actions import label_comment
from wellheard.understand.themes.models import ThemeLabel

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 2, 15, tzinfo=UTC)
WORDS = "I waited two hours past my appointment and nobody told Nurse Kim Lee why."


@pytest.fixture
def waiting(place: Any, opened: Any, actor: Any, at: Any, monkeypatch: Any) -> Any:  # noqa: F811
    """A place where people wait 40 minutes and one complains of it; another complains of food."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    for month in ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        keep(seen(place, month, 40, 20), seen(place, month, 5, 5, status="no_show"))
    for case in (opened(text=WORDS), opened(text="The food was cold every single day.")):
        label_comment(case.comment_id, by=actor, at=at)
    assert ThemeLabel.objects.filter(theme="timeliness", holds=True).count() == 1
    return place


def table_of(shown: str) -> str:
    return shown.split('id="together"')[1].split("</table>")[0]


@pytest.mark.capability("G08")
def test_page_of_a_place_shows_the_wait_chart_beside_comments_about_waiting(
    waiting: Any,
    manager: Any,  # noqa: F811
    signed_in: Any,
) -> None:
    client = signed_in(manager)
    shown = page(client, "boards:place", waiting.pk).split('id="waits"')[1]
    assert "Measured wait in minutes" in shown and "data-chart" in shown
    assert (
        "I waited two hours past my appointment" in shown
        and "food" not in shown.split("</section>")[0]
    )


@pytest.mark.capability("G08")
def test_quarters_join_waits_missed_appointments_comments_and_complaints(
    waiting: Any,
    manager: Any,  # noqa: F811
    signed_in: Any,
) -> None:
    newest, before = table_of(page(signed_in(manager), "waits:place", waiting.pk)).split("</tr>")[
        1:3
    ]
    assert "January to March 2026" in newest and "40 (n 60, 40–40)" in newest
    assert "20 % (n 75, 13–30)" in newest
    assert newest.count("1 of 2") == 2, "comments, and complaints"
    assert "October to December 2025" in before and before.count("0 of 0") == 2


def test_who_may_not_read_cases_or_full_comments_sees_neither(
    waiting: Any, staff: Any, signed_in: Any
) -> None:
    shown = page(signed_in(staff("analyst")), "waits:place", waiting.pk)
    (row,) = [row for row in table_of(shown).split("</tr>") if "January to March 2026" in row]
    assert row.count("1 of 2") == 1, "comments masked, no cases"
    assert "Kim Lee" not in shown and "I waited two hours" in shown
    desk = page(signed_in(staff("front_desk", places=[waiting])), "waits:place", waiting.pk)
    assert "I waited two hours" not in desk and "You do not read comments" in desk
    assert "1 of 2" not in desk
