"""Sam begins a card on the tablet in the corridor and is called in. The next person finds nothing."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.listen.cards.models import CardDraft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.mark.capability("B07")
def test_tablet_asks_then_forgets_the_card_here_and_on_the_server(
    open_page: Any, place: Any
) -> None:
    page = open_page(width=820)
    page.clock.install()
    page.goto(f"/en/c/{place.code}/?kiosk")
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
    page.wait_for_url(f"**/en/c/{place.code}/?kiosk")
    assert not CardDraft.objects.exists()
    assert page.locator(":checked").count() == 0
    page.go_back()
    assert "I waited" not in page.content()
    assert (
        page.evaluate("Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0
    )
    assert page.context.cookies() == []
