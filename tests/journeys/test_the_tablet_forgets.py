"""Sam begins a card on the tablet in the corridor and is called in. The next person finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from wellheard.listen.cards.doors import KIOSK_COOKIE
from wellheard.listen.cards.models import CardDraft
from wellheard.listen.kiosk.actions import make_kiosk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.mark.capability("B07")
def test_tablet_asks_then_forgets_the_card_here_and_on_the_server(
    open_page: Any, place: Any, actor: Any, staff: Any
) -> None:
    made = make_kiosk(
        place=place,
        touchpoint=None,
        name="Corridor",
        kind="standing",
        instrument="",
        keeps_left=True,
        user_id=staff("nurse_manager", places=[place]).pk,
        by=actor,
        at=timezone.now(),
    )
    page = open_page(width=820)
    page.goto(f"/en/kiosk/set-up/{made.setup}/")
    page.get_by_role("button", name="Begin").click()
    page.clock.install()
    page.get_by_role("button", name="English").click()
    page.get_by_label("Poor", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What happened?").fill("I waited, and then")
    assert CardDraft.objects.count() == 1

    page.clock.run_for(61_000)
    asked = page.get_by_role("alertdialog", name="Are you still there?")
    asked.wait_for()
    page.get_by_role("button", name="I need more time").click()
    asked.wait_for(state="detached")
    assert page.get_by_label("What happened?").input_value() == "I waited, and then"

    page.clock.run_for(61_000)
    asked.wait_for()
    page.clock.run_for(21_000)
    page.wait_for_url("**/en/kiosk/")
    assert not CardDraft.objects.exists()
    page.go_back()
    assert "I waited" not in page.content()
    page.wait_for_url("**/en/kiosk/")
    assert (
        page.evaluate("Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0
    )
    assert [each["name"] for each in page.context.cookies()] == [KIOSK_COOKIE]
