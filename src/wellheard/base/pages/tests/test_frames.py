"""The page frames: language, direction, skip link, switch, navigation, first visit."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

FIRST_VISIT_BYTES = 60_000
FIRST_VISIT_REQUESTS = 4


def page(name: str, path: str = "/en/c/7K3F9Q/", language: str = "en", **context: Any) -> str:
    request = RequestFactory().get(path)
    with translation.override(language):
        template = engines["django"].get_template(name)
        return str(template.template.render(_context(request, context)))


def _context(request: Any, context: dict[str, Any]) -> Any:
    from django.template import Context

    given = {"request": request, "messages": [], "navigation": [], "person": None}
    return Context(given | context)


def addresses(html: str) -> set[str]:
    """Everything a browser fetches for a page, besides the page itself."""
    found = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="(/[^"]+)"', html)
    return set(found)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl")])
def test_patient_page_names_its_language_and_direction(language: str, direction: str) -> None:
    html = page("wellheard/patient.html", language=language)
    assert f'<html class="patient" lang="{language}" dir="{direction}">' in html


def test_patient_page_opens_with_a_skip_link() -> None:
    html = page("wellheard/patient.html")
    body = html[html.index("<body") :]
    assert re.match(r'<body[^>]*>\s*<a class="skip" href="#main">', body)
    assert '<main class="wrap" id="main" tabindex="-1">' in html


def test_patient_page_says_it_is_not_for_emergencies() -> None:
    assert "not for emergencies" in page("wellheard/patient.html")


def test_language_switch_names_each_language_in_itself() -> None:
    html = page("wellheard/patient.html")
    assert re.search(r'lang="es" dir="ltr" hreflang="es">Español</a>', html)
    assert re.search(r'lang="ar" dir="rtl" hreflang="ar">العربية</a>', html)
    assert re.search(r'lang="en"[^>]*aria-current="true">English</a>', html)


def test_language_switch_keeps_a_page_whose_path_names_no_language() -> None:
    html = page("wellheard/signin.html", path="/accounts/login/?next=/staff/")
    assert 'href="/accounts/login/?next=%2Fstaff%2F&amp;language=es"' in html


def test_language_switch_offers_only_what_the_page_has() -> None:
    html = page("wellheard/patient.html", offered_languages=["en"])
    assert 'class="languages"' not in html


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_first_visit_of_a_patient_is_light(language: str) -> None:
    html = page("wellheard/patient.html", language=language)
    fetched = addresses(html)
    assert len(fetched) + 1 <= FIRST_VISIT_REQUESTS, fetched
    size = len(gzip.compress(html.encode(), 6))
    for address in fetched:
        data = _file(address)
        size += len(data) if address.endswith(".woff2") else len(gzip.compress(data, 6))
    assert size <= FIRST_VISIT_BYTES


def _file(address: str) -> bytes:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Path(found).read_bytes()


def test_patient_page_fetches_the_font_of_its_script() -> None:
    assert any("inter" in one for one in addresses(page("wellheard/patient.html")))
    arabic = addresses(page("wellheard/patient.html", language="ar"))
    assert any("noto-sans-arabic" in one for one in arabic)
    assert not any("inter" in one for one in arabic)


NAVIGATION = [
    {
        "label": "Today",
        "items": [
            {
                "label": "Inbox",
                "url": "/staff/inbox/",
                "current": True,
                "badge": 12,
                "shortcut": "I",
            },
            {"label": "Places", "url": "/staff/places/", "current": False},
        ],
    },
    {"label": "Order", "items": [{"label": "Audit", "url": "/staff/audit/", "current": False}]},
]


def test_staff_page_shows_navigation_twice_and_marks_the_current_page() -> None:
    html = page("wellheard/staff.html", path="/staff/inbox/", navigation=NAVIGATION)
    sidebar = html[html.index('id="navigation"') : html.index("<main")]
    dock = html[html.index('class="dock"') :]
    assert sidebar.count("<a ") == 3 and sidebar.count('aria-current="page"') == 1
    assert dock.count("<a ") == 3 and 'popovertarget="navigation"' in dock
    assert 'data-keys="I"' in sidebar


def test_staff_dock_prefers_marked_places_and_holds_four() -> None:
    items = [{"label": f"P{n}", "url": f"/{n}", "dock": n > 5} for n in range(10)]
    html = page("wellheard/staff.html", navigation=[{"label": "", "items": items}])
    dock = html[html.index('class="dock"') :]
    assert re.findall(r"<span>(P\d)</span>", dock) == ["P6", "P7", "P8", "P9"]


def test_staff_page_without_navigation_has_no_dock() -> None:
    assert 'class="dock"' not in page("wellheard/staff.html")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500, 503])
@pytest.mark.parametrize("staff_page", [True, False])
@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_error_page_has_one_heading_and_says_what_to_do(
    status: int, staff_page: bool, language: str
) -> None:
    html = page(f"wellheard/errors/{status}.html", language=language, staff_page=staff_page)
    assert html.count("<h1>") == 1
    main = html[html.index("<main") : html.index("</main>")]
    assert main.count("<p>") >= 2
    assert str(status) not in re.sub(r"<[^>]+>", "", main)
