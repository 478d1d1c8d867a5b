"""A real browser against a real server, for stories that cross the whole house."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

# The browser driver keeps an event loop in this thread; the tests' own queries are sequential.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("WELLHEARD_CHROMIUM") or shutil.which("chromium") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if "journeys" in item.path.parts]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """``open_page(width=320, dark=True, language="ar", scripts=False)``: a fresh visitor."""
    contexts = []

    def opened(
        *, width: int = 390, dark: bool = False, language: str = "en", scripts: bool = True
    ) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            locale=language,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def signed_page(open_page: Callable[..., Any], client: Any, live_server: Any) -> Callable[..., Any]:
    """``signed_page(user, width=1280)``: a page with that person's session."""

    def opened(user: Any, *, width: int = 1280, dark: bool = False) -> Any:
        from django.conf import settings

        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = open_page(width=width, dark=dark)
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                }
            ]
        )
        return page

    return opened


@pytest.fixture
def work() -> Callable[[], None]:
    """Do what a worker would do now."""

    def drain() -> None:
        from wellheard.base.jobs.worker import Worker

        Worker().drain()

    return drain
