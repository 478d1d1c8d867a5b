"""The team, a patient, cases at hand, and a letter that has left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from wellheard.base.audit.actor import Actor
from wellheard.resolve.complaints.actions import letters
from wellheard.resolve.complaints.models import Case, LetterDispatch
from wellheard.resolve.complaints.tests.conftest import (  # noqa: F401
    by_officer,
    manager,
    officer,
    opened,
    patient,
    policy,
    said,
)
from wellheard.resolve.complaints.tests.working import PARTS, decision, investigate

Opened = Callable[..., Case]
Sent = Callable[..., LetterDispatch]


@pytest.fixture
def now() -> datetime:
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def sent(opened: Opened, by_officer: Actor, now: datetime) -> Sent:  # noqa: F811
    """A decision letter that has left, with these parts changed."""

    def send(case: Case | None = None, **parts: str) -> LetterDispatch:
        case = case or opened(at=now)
        investigate(case, by_officer, now)
        letter = decision(case, by_officer, now, parts=PARTS | parts)
        row = letters.release_letter(letter_id=letter.pk, by=by_officer, at=now)
        letters.send_held_letters(now + timedelta(seconds=11))
        row.refresh_from_db()
        return row

    return send
