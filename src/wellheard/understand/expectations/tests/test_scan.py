"""A planted new topic, theme and request found in its quarter; the page; the job."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.urls import reverse

from wellheard.listen.intake.models import Comment
from wellheard.understand.expectations.actions import NoChoiceError, choose, scan_quarter
from wellheard.understand.expectations.commands import expectations
from wellheard.understand.expectations.models import ExpectationScan
from wellheard.understand.expectations.queries import last_quarter, scan_page
from wellheard.understand.expectations.tasks import scan_again
from wellheard.understand.facts.slices import Month
from wellheard.understand.themes.models import CommentReading, ThemeLabel

Q1 = Month(2026, 1)
AFTER = datetime(2026, 4, 9, 12, tzinfo=UTC)
PLAIN = ("The soup was cold on Sunday", "Kind people all around", "We waited long for the bed",
         "Parking cost more than the visit")  # fmt: skip
PLANTED = "I wish you had an app, the robot trolley blocked the corridor"


@pytest.fixture
def say(place: Any) -> Any:
    def keep(texts: list[str], at: datetime, theme: str = "") -> list[Comment]:
        start = Comment.objects.count()
        made = Comment.objects.bulk_create(
            Comment(
                organisation_id=place.organisation_id, site=place.site, place=place, source="card",
                reference=f"E{start + n}", text=text, received_at=at + timedelta(hours=n),
                recorded_at=at, triage_due_at=at, language="en",
            )
            for n, text in enumerate(texts)
        )  # fmt: skip
        CommentReading.objects.bulk_create(
            CommentReading(
                organisation_id=place.organisation_id, comment=each, engine="t",
                masked_text=each.text, read_at=at,
            )
            for each in made
        )  # fmt: skip
        if theme:
            ThemeLabel.objects.bulk_create(
                ThemeLabel(organisation_id=place.organisation_id, comment=each, theme=theme,
                           source="machine", confidence=0.9)
                for each in made
            )  # fmt: skip
        return made

    keep([PLAIN[n % 4] for n in range(200)], datetime(2025, 3, 1, tzinfo=UTC), "food")
    keep([PLAIN[n % 4] for n in range(60)], datetime(2026, 1, 9, tzinfo=UTC))
    return keep


@pytest.mark.capability("F11")
def test_novel_topic_theme_and_tool_are_found_and_what_was_there_before_is_not(
    say: Any, actor: Any
) -> None:
    say([PLANTED] * 14, datetime(2026, 2, 1, tzinfo=UTC), "noise")
    scan = scan_quarter(Q1, by=actor, at=AFTER)
    assert (scan.comments, scan.before) == (74, 200)
    finds = {(find.kind, find.code): find for find in scan.finds.all()}
    assert set(finds) == {("tool", "app"), ("theme", "noise"), ("topic", "")}
    assert {"robot trolley"} <= set(finds["topic", ""].words)
    app = finds["tool", "app"]
    assert (app.count, app.before) == (14, 0) and app.p < 0.001 and len(app.comments) == 12


def test_fewer_comments_than_may_be_shown_make_no_find(say: Any, actor: Any) -> None:
    say([PLANTED] * 10, datetime(2026, 2, 1, tzinfo=UTC), "noise")
    assert not scan_quarter(Q1, by=actor, at=AFTER).finds.exists()
    with pytest.raises(ValueError, match="not over"):
        scan_quarter(Month(2026, 4), by=actor, at=AFTER)


@pytest.mark.capability("F11")
def test_choices_are_rows_that_the_next_scan_remembers(
    say: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    say([PLANTED] * 14, datetime(2026, 2, 1, tzinfo=UTC))
    say([PLANTED] * 40, datetime(2026, 5, 1, tzinfo=UTC))
    first = scan_quarter(Q1, by=actor, at=AFTER)
    find = first.finds.get(kind="tool")
    with pytest.raises(NoChoiceError, match="owner"):
        choose(find, "act", by=actor, at=AFTER)
    client = signed_in(staff("px_specialist"))
    url = reverse("expectations:decide", args=[first.pk, find.pk])
    answer = client.post(url, {"choice": "act", "owner": "Head of IT", "why": "Asked by many"})
    assert answer["Location"].endswith(f"#find-{find.pk}")
    shown = client.get(reverse("expectations:scan", args=[first.pk])).content.decode()
    for words in ("An app", "14 of 74 comments, before 0 of 200", "robot trolley", "Head of IT",
                  "Asked by many"):  # fmt: skip
        assert words in shown, words
    second = scan_quarter(Month(2026, 4), by=actor, at=AFTER + timedelta(days=100))
    page = scan_page(second)
    line = next(each for each in page.lines if each.find.kind == "tool")
    assert not line.is_new and line.choice is None
    assert line.earlier is not None and line.earlier.owner == "Head of IT"
    listed = client.get(reverse("expectations:scans")).content.decode()
    assert "Q1 2026" in listed and "Q2 2026" in listed


def test_reader_of_figures_only_sees_no_quote(
    say: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    say([PLANTED] * 14, datetime(2026, 2, 1, tzinfo=UTC))
    scan = scan_quarter(Q1, by=actor, at=AFTER)
    shown = signed_in(staff("auditor")).get(reverse("expectations:scan", args=[scan.pk]))
    assert (
        "An app" in shown.content.decode() and "blocked the corridor" not in shown.content.decode()
    )
    assert signed_in(staff("front_desk")).get(reverse("expectations:scans")).status_code == 403


def test_job_scans_a_quarter_once_and_the_console_says_it(say: Any, organisation: Any) -> None:
    assert last_quarter(AFTER) == Q1
    scan_again(AFTER)
    scan_again(AFTER + timedelta(days=1))
    assert ExpectationScan.objects.count() == 1
    told = CliRunner().invoke(expectations, ["--quarter", "2026-Q1", "--json"])
    assert json.loads(told.output) == {
        "quarter": 202601,
        "comments": 60,
        "before": 200,
        "finds": [],
    }
    assert CliRunner().invoke(expectations, ["--quarter", "soon"]).exit_code == 2


def test_page_without_scans_says_when_one_comes(
    organisation: Any, staff: Any, signed_in: Any
) -> None:
    shown = signed_in(staff("executive")).get(reverse("expectations:scans")).content.decode()
    assert "No quarter was scanned yet" in shown
