"""Cards from other systems; the router by itself, with a person given."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from ninja import NinjaAPI
from ninja.testing import TestClient

from wellheard.listen.cards.api import router
from wellheard.listen.intake.models import Comment

pytestmark = pytest.mark.django_db
_api = NinjaAPI(urls_namespace="cards-test")
_api.add_router("/cards", router)


@pytest.fixture
def ask(person_of: Any) -> Any:
    client = TestClient(_api)

    def send(user: Any, method: str, path: str, **given: Any) -> Any:
        return client.request(method, path, person=person_of(user), **given)

    return send


def test_card_is_kept_once_per_key(place: Any, staff: Any, ask: Any) -> None:
    card = {"place": place.code.lower(), "rating": 2, "story": "No bell", "reply": "sms",
            "contact": "312 555 0123", "language": "es"}  # fmt: skip
    user = staff("px_specialist")
    headers = {"Idempotency-Key": "abc"}
    first = ask(user, "POST", "/cards", json=card, headers=headers)
    again = ask(user, "POST", "/cards", json=card, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    comment = Comment.objects.get()
    assert comment.source == "api" and comment.wants_reply and first.json()["follow"]


@pytest.mark.parametrize(
    "card",
    [
        {"rating": 6},
        {"rating": None, "story": " "},
        {"story": "x" * 50_001},
        {"story": "x", "reply": "sms"},
        {"story": "x", "reply": "sms", "contact": "nobody"},
        {"story": "x", "received_at": "2999-01-01T00:00:00Z"},
        {"story": "x", "place": "ZZZZZ"},
        {"story": "x", "place": "\x00\x00\x00"},
    ],
)
def test_bad_cards_are_refused_with_words(place: Any, staff: Any, ask: Any, card: Any) -> None:
    answer = ask(staff("px_specialist"), "POST", "/cards", json={"place": place.code} | card)
    assert answer.status_code == 422 and not Comment.objects.exists()


def test_front_desk_may_send_cards_of_its_place_only(
    place: Any, other_place: Any, staff: Any, ask: Any
) -> None:
    user = staff("front_desk", places=[place])
    assert ask(user, "POST", "/cards", json={"place": place.code, "rating": 3}).status_code == 201
    with pytest.raises(PermissionDenied):
        ask(user, "POST", "/cards", json={"place": other_place.code, "rating": 3})
