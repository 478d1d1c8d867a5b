"""The design page is for staff who may see it, and shows every part."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from wellheard.base.pages import presenters, views

PARTS = Path(views.__file__).parent / "templates/design/parts"


@pytest.fixture
def designer(staff: Any, signed_in: Any) -> Any:
    return signed_in(staff("administrator"))


def test_design_asks_strangers_to_sign_in(client: Any, db: None) -> None:
    answer = client.get("/staff/design/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/?next=")


def test_design_refuses_people_whom_it_is_denied(staff: Any, signed_in: Any, at: datetime) -> None:
    user = staff("front_desk")
    user.rulings.create(
        organisation=user.organisation,
        effect="deny",
        permission="design.read",
        reason="test",
        made_by="test",
        made_at=at,
    )
    assert signed_in(user).get("/staff/design/").status_code == 403


@pytest.mark.parametrize("shown", presenters.VIEWS)
def test_design_shows_every_part_on_every_ground(designer: Any, shown: str) -> None:
    html = designer.get("/staff/design/", {"show": shown}).content.decode()
    for section in presenters.SAMPLES["sections"]:
        assert f'id="{section["part"]}"' in html
    grounds = presenters.VIEWS[shown]
    assert len(re.findall(r'class="pane[ "]', html)) == len(grounds) * len(
        presenters.SAMPLES["sections"]
    )
    assert "{{" not in html and "{%" not in html


def test_design_shows_every_template_of_its_folder() -> None:
    listed = {section["part"] for section in presenters.SAMPLES["sections"]}
    assert listed == {path.stem for path in PARTS.glob("*.html")}


@pytest.mark.parametrize("shown", presenters.VIEWS)
def test_design_gives_no_id_twice(designer: Any, shown: str) -> None:
    html = designer.get("/staff/design/", {"show": shown}).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_design_of_an_unknown_view_is_not_found(designer: Any) -> None:
    assert designer.get("/staff/design/", {"show": "sideways"}).status_code == 404


@pytest.mark.parametrize("name", views.PATIENT_PAGES)
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_whole_patient_page_has_one_heading(
    designer: Any, name: str, language: str, direction: str
) -> None:
    html = designer.get(f"/staff/design/patient/{name}/{language}/").content.decode()
    assert f'lang="{language}" dir="{direction}"' in html
    assert html.count("<h1>") == 1


def test_problem_page_follows_the_error_contract(designer: Any) -> None:
    html = designer.get("/staff/design/patient/problem/en/").content.decode()
    assert "<title>Error: " in html
    for target in re.findall(r'<li><a href="#([^"]+)"', html):
        assert f'id="{target}"' in html


def test_samples_say_the_same_in_both_languages() -> None:
    assert set(presenters.SAMPLES["en"]) == set(presenters.SAMPLES["ar"])


@pytest.mark.parametrize("status", views.STATUSES)
@pytest.mark.parametrize("audience", ["patient", "staff"])
def test_error_preview_is_an_ordinary_page(designer: Any, status: int, audience: str) -> None:
    answer = designer.get(f"/staff/design/error/{status}/{audience}/")
    assert answer.status_code == 200
    frame = "staff" if audience == "staff" else "patient"
    assert f'<html class="{frame}"' in answer.content.decode()
