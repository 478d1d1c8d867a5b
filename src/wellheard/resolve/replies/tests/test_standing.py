"""Tone, due date and state of a reply, from facts alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wellheard.resolve.replies.codec import is_for_good, posting, read_posted
from wellheard.resolve.replies.policy import desk
from wellheard.resolve.replies.rules.standing import Facts, due_at, state_of, tone_of, wait_after

pytestmark = pytest.mark.capability("B12")
AT = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rating", "most", "feeling", "tone"),
    [
        (5, 5, None, "positive"), (4, 5, 1, "positive"), (3, 5, None, "mixed"),
        (2, 5, 5, "negative"), (0, 5, None, "negative"), (9, 10, None, "positive"),
        (None, None, 5, "positive"), (None, None, 2, "negative"), (None, None, None, "mixed"),
    ],
)  # fmt: skip
def test_tone_is_the_stars_else_the_words_else_both(
    rating: float | None, most: int | None, feeling: int | None, tone: str
) -> None:
    rules = desk()
    found = tone_of(rating, most, feeling, positive_from=rules.positive_from,
                    negative_to=rules.negative_to)  # fmt: skip
    assert found == tone


def test_safety_is_due_first_and_criticism_before_praise() -> None:
    days = desk().due_days
    due = [
        due_at(AT, "negative", is_safety=True, days=days),
        due_at(AT, "negative", is_safety=False, days=days),
        due_at(AT, "mixed", is_safety=False, days=days),
        due_at(AT, "positive", is_safety=False, days=days),
    ]
    assert due == sorted(due) and due[0] == AT + timedelta(days=1)


BASE = {"has_draft": True, "approved": True, "withdrawn": False, "by_hand": False, "waits": True}


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"has_draft": False, "approved": False, "waits": False}, "unanswered"),
        ({"approved": False, "waits": False}, "drafted"),
        ({"by_hand": True, "waits": False}, "to_post"),
        ({}, "publishing"),
        ({"outcomes": ["unknown"]}, "publishing"),
        ({"outcomes": ["failed"], "waits": False}, "failed"),
        ({"outcomes": ["unknown"], "waits": False}, "uncertain"),
        ({"outcomes": ["unknown"], "waits": False, "withdrawn": True}, "uncertain"),
        ({"outcomes": [""], "waits": False, "withdrawn": True}, "uncertain"),
        ({"outcomes": ["unknown", "not_there"], "waits": False}, "failed"),
        ({"withdrawn": True, "waits": False}, "withdrawn"),
        ({"approved": False, "waits": False, "open_elsewhere": True}, "uncertain"),
        ({"published": True, "withdrawn": True}, "published"),
    ],
)
def test_state_follows_from_the_rows(more: dict[str, Any], state: str) -> None:
    facts: dict[str, Any] = {**BASE, **more}
    assert state_of(Facts(**facts)) == state


def test_waits_grow_and_end() -> None:
    waits = [wait_after(n, (30, 120), 4) for n in (1, 2, 3, 4)]
    assert waits == [timedelta(seconds=30), timedelta(seconds=120), timedelta(seconds=120), None]


def test_request_puts_an_id_into_the_path_and_never_out_of_it() -> None:
    made = posting({"method": "PUT", "path": "{address}/{id}/reply", "field": "comment"},
                   address="https://x.example/reviews/", review_id="../a b", text="Thanks",
                   language="en", key="k")  # fmt: skip
    assert made.address == "https://x.example/reviews/..%2Fa%20b/reply"
    assert made.body == b'{"comment": "Thanks"}'


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[1]", b'{"url": "javascript:x"}'])
def test_answer_that_cannot_be_read_still_means_taken(body: bytes) -> None:
    assert read_posted(body).url == ""


def test_only_what_would_be_refused_again_is_for_good() -> None:
    assert [is_for_good(status) for status in (400, 401, 404, 429, 409, 500, 503)] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip
