"""Looking at a page as machines can: axe, width, direction."""

from __future__ import annotations

from typing import Any

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def violations(page: Any) -> list[str]:
    """What axe finds, one line each: rule and the elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]


def is_too_wide(page: Any) -> bool:
    """Whether a reader has to scroll sideways."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
        )
    )


def assert_readable(page: Any) -> None:
    assert violations(page) == [], page.url
    assert not is_too_wide(page), page.url
