"""An outlet with reviews, and two people who answer them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from wellheard.listen.reviews.actions import add_outlet, take
from wellheard.listen.reviews.connectors.table import Pulled
from wellheard.listen.reviews.models import Outlet, PublicReview
from wellheard.listen.reviews.rules import Entry
from wellheard.people.access.person import person_of
from wellheard.people.staff.models import User
from wellheard.resolve.replies.actions import approving, drafting
from wellheard.resolve.replies.models import ReplyDraft

Told = Callable[..., PublicReview]


@pytest.fixture
def outlet(organisation: Any, actor: Any, at: Any) -> Outlet:
    return add_outlet(organisation, by=actor, at=at, name="Town", kind="csv", about="review")


@pytest.fixture
def told(outlet: Outlet, place: Any, actor: Any, at: Any) -> Told:
    """``told("Kind people", 5)``: a review that was read just now."""

    def tell(text: str = "They were kind", stars: float | None = 5, *, key: str = "r1",
             days: float = 1, now: Any = None) -> PublicReview:  # fmt: skip
        seen = now or at
        entry = Entry(key, text, stars, 5 if stars is not None else None,
                      seen - timedelta(days=days), about="Ward 7", language="en")  # fmt: skip
        take(outlet, Pulled([entry]), by=actor, at=seen)
        return PublicReview.objects.get(external_id=key)

    return tell


@pytest.fixture
def writer(staff: Any) -> User:
    user: User = staff("px_specialist")
    user.name = "Wren Ashby"
    user.save()
    return user


@pytest.fixture
def approver(staff: Any) -> User:
    user: User = staff("grievance_officer")
    user.name = "Oke Lind"
    user.save()
    return user


@pytest.fixture
def write(writer: User, at: Any) -> Callable[..., ReplyDraft]:
    """``write(review)`` hands in the first beginning, or the words given."""

    def draft(review: PublicReview, text: str = "", *, now: Any = None) -> ReplyDraft:
        first = drafting.beginnings(review, "en")[0]
        return drafting.write_draft(
            review, text=text or drafting.filled(first, review), language="en",
            template=first.code, writer=writer, by=person_of(writer, now=at).actor,
            at=now or at,
        )  # fmt: skip

    return draft


@pytest.fixture
def approve(approver: User, at: Any) -> Callable[..., ReplyDraft]:
    def agree(draft: ReplyDraft, *, now: Any = None) -> ReplyDraft:
        by = person_of(approver, now=at).actor
        return approving.approve(draft, approver=approver, by=by, at=now or at)

    return agree
