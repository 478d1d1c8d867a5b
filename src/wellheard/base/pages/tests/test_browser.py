"""The frames in a real browser: accessible, usable by keyboard, kind to a broken connection."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (script/test says how)"),
]


@pytest.fixture
def session(live_server: Any, staff: Any, signed_in: Any) -> dict[str, str]:
    """A signed-in administrator's cookie for the live server."""
    client = signed_in(staff("administrator"))
    name, morsel = next(
        (name, morsel) for name, morsel in client.cookies.items() if "session" in name
    )
    return {"name": name, "value": morsel.value, "url": live_server.url}


@pytest.fixture
def browser(session: dict[str, str]) -> Iterator[Any]:
    """Opens pages: ``browser(width=390, color_scheme="dark")``. Depends on ``session`` so that the
    browser's event loop starts after, and ends before, everything that touches the database."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )

        def open_page(width: int = 1280, **options: Any) -> Page:
            context = launched.new_context(viewport={"width": width, "height": 800}, **options)
            context.add_cookies([session])  # type: ignore[list-item]  # a TypedDict in disguise
            return context.new_page()

        yield open_page
        launched.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_design_page_has_no_axe_violation(
    browser: Any, live_server: Any, scheme: str, width: int
) -> None:
    page = browser(width, color_scheme=scheme)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    for shown in ("both", "rtl", "print"):
        page.goto(f"{live_server.url}/staff/design/?show={shown}")
        assert violations(page) == []
    assert refused == []  # nothing that the content policy had to stop


def test_patient_pages_fit_a_small_phone_without_violation(browser: Any, live_server: Any) -> None:
    for language, scheme in (("en", "light"), ("ar", "dark")):
        page = browser(320, color_scheme=scheme)
        for name in ("question", "story", "problem", "check", "thanks"):
            page.goto(f"{live_server.url}/staff/design/patient/{name}/{language}/")
            assert violations(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        page.goto(f"{live_server.url}/staff/design/patient/question/{language}/")
        heights = page.eval_on_selector_all(
            ".tile, .button, .languages a, .back, .footer a",
            "all => all.map(one => one.getBoundingClientRect().height)",
        )
        assert heights and min(heights) >= 44
        assert page.locator(".tile").first.bounding_box()["height"] >= 56


def test_patient_page_asks_for_four_things(browser: Any, live_server: Any) -> None:
    for language in ("en", "ar"):
        page = browser(390)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"{live_server.url}/staff/design/patient/question/{language}/")
        page.wait_for_load_state("networkidle")
        assert len([url for url in asked if not url.startswith("data:")]) <= 4, asked


def test_error_summary_takes_the_focus(browser: Any, live_server: Any) -> None:
    page = browser(390)
    page.goto(f"{live_server.url}/staff/design/patient/problem/en/")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.type") == "radio"


def test_draft_survives_a_reload_and_is_forgotten_after_sending(
    browser: Any, live_server: Any
) -> None:
    page = browser(390)
    address = f"{live_server.url}/staff/design/patient"
    page.goto(f"{address}/story/en/")
    page.fill("input[type=email]", "ana@example.org")
    page.reload()
    assert page.input_value("input[type=email]") == "ana@example.org"
    page.goto(f"{address}/story/ar/")  # another language, the same story
    assert page.input_value("input[type=email]") == "ana@example.org"
    page.goto(f"{address}/thanks/en/")
    page.goto(f"{address}/story/en/")
    assert page.input_value("input[type=email]") == ""


def test_sending_offline_waits_and_says_so(browser: Any, live_server: Any) -> None:
    page = browser(390)
    page.goto(f"{live_server.url}/staff/design/patient/story/en/")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.context.set_offline(True)
    page.click("text=Send my story")
    assert page.locator(".offline").inner_text().startswith("You are offline")
    assert sent == []
    with page.expect_request(lambda one: one.method == "POST"):
        page.context.set_offline(False)


def test_form_is_sent_once_however_often_it_is_pressed(browser: Any, live_server: Any) -> None:
    page = browser(390)
    page.goto(f"{live_server.url}/staff/design/patient/check/en/")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.route("**/check/en/", lambda route: None)  # an answer that never comes
    page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('main form').requestSubmit()")
    page.wait_for_timeout(300)
    assert len(sent) == 1


def test_palette_goes_where_one_types(browser: Any, live_server: Any) -> None:
    page = browser()
    page.goto(f"{live_server.url}/staff/design/?show=print")
    page.keyboard.press("Control+k")
    page.keyboard.type("desi")
    assert page.locator("#palette [aria-selected=true]").inner_text().startswith("Design")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/design/")


def test_shortcuts_can_be_changed_and_switched_off(browser: Any, live_server: Any) -> None:
    page = browser()
    page.goto(f"{live_server.url}/staff/design/?show=print")
    opened = page.locator("#palette[open]")
    page.keyboard.press("Control+/")
    page.locator("#shortcuts [data-rebind=palette]").click()
    page.keyboard.press("Control+Shift+L")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    assert opened.count() == 0
    page.keyboard.press("Control+Shift+L")
    assert opened.count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    page.locator("[data-shortcuts-on]").uncheck()
    page.keyboard.press("Escape")
    page.reload()  # the choice is kept
    page.keyboard.press("Control+Shift+L")
    assert opened.count() == 0


def test_serious_steps_are_asked_about_first(browser: Any, live_server: Any) -> None:
    page = browser()
    page.goto(f"{live_server.url}/staff/design/?show=print#form")
    asked = page.locator("[role=alertdialog]")
    page.click("form[data-confirm] .button")
    assert asked.inner_text().startswith("The letter goes out at once.")
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    page.keyboard.press("Enter")
    assert asked.count() == 0
    assert "show=print" in page.url  # nothing was sent
    page.click("form[data-confirm] .button")
    asked.locator("button[value=yes]").click()
    page.wait_for_url(lambda url: "show=print" not in url)


def test_appearance_is_chosen_and_kept(browser: Any, live_server: Any) -> None:
    page = browser(color_scheme="light")
    page.goto(f"{live_server.url}/staff/design/?show=print")
    page.click(".topbar details.menu summary")
    for _step in range(2):  # as on this device, light, dark
        page.click("[data-theme-switch]")
    assert page.locator("[data-theme-words]").inner_text() == "Appearance: dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_phone_navigation_opens_and_closes_by_keyboard(browser: Any, live_server: Any) -> None:
    page = browser(390)
    page.goto(f"{live_server.url}/staff/design/?show=print")
    menu = page.locator("#navigation")
    assert not menu.is_visible()
    page.locator(".dock button").focus()
    page.keyboard.press("Enter")
    assert menu.is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()
