"""A shared screen: made by staff, bound to a device, empty for the next, ended with its number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from wellheard.listen.cards.doors import KIOSK_COOKIE
from wellheard.listen.cards.models import CardDraft, CardReceipt
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.kiosk.actions import clear_left, make_kiosk
from wellheard.listen.kiosk.models import Kiosk
from wellheard.listen.responses.models import Response
from wellheard.people.places.actions import add_touchpoint, close_touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B07")]


class Screen:
    """A tablet: a browser that keeps its one cookie and remembers where it is."""

    def __init__(self) -> None:
        self.client = Client()
        self.here = ""
        self.page: Any = None

    def get(self, address: str) -> Any:
        self.page = self.client.get(address)
        self.here = address
        while self.page.status_code == 302:
            self.here = urljoin(self.here, self.page.url)
            self.page = self.client.get(self.here)
        return self.page

    def post(self, address: str, **data: str) -> Any:
        self.page = self.client.post(urljoin(self.here, address), data)
        if self.page.status_code == 302:
            return self.get(urljoin(urljoin(self.here, address), self.page.url))
        return self.page

    @property
    def words(self) -> str:
        return str(self.page.content.decode())


@pytest.fixture
def nurse(staff: Any, place: Any) -> Any:
    return staff("nurse_manager", places=[place])


@pytest.fixture
def made(place: Any, actor: Any, nurse: Any) -> Any:
    def make(instrument: str = "", *, keeps_left: bool = True, touchpoint: Any = None) -> Any:
        return make_kiosk(
            place=place,
            touchpoint=touchpoint,
            name="By the window",
            kind="standing",
            instrument=instrument,
            keeps_left=keeps_left,
            user_id=nurse.pk,
            by=actor,
            at=timezone.now(),
        )

    return make


def bound(made: Any) -> Screen:
    screen = Screen()
    screen.get(f"/en/kiosk/set-up/{made.setup}/")
    screen.post("./")
    assert screen.here == "/en/kiosk/"
    return screen


def test_staff_set_a_screen_up_and_its_address_works_once(
    nurse: Any, place: Any, signed_in: Any
) -> None:
    client = signed_in(nurse)
    form = {"spot": f"place:{place.pk}", "name": "By the window", "kind": "bedside"}
    page = client.post("/staff/kiosks/", {**form, "instrument": "pulse"}).content.decode()
    address = page.split('readonly value="')[1].split('"')[0]
    here = address.removeprefix(settings.ADDRESS)
    assert "hcahps" not in client.get("/staff/kiosks/").content.decode()
    assert client.get(here).status_code == 200
    assert client.get(here).status_code == 200, "looking at it uses nothing up"
    begun = client.post(here)
    assert begun.cookies[KIOSK_COOKIE]["httponly"]
    assert client.get("/staff/kiosks/").status_code == 302, "who was signed in is signed out"
    assert Client().post(here).status_code == 410
    kiosk = Kiosk.objects.get()
    assert begun.cookies[KIOSK_COOKIE].value not in (kiosk.device_key, kiosk.pin)


def test_language_comes_first_and_no_page_leads_out(made: Any) -> None:
    screen = bound(made("pulse"))
    for words in ('lang="es"', 'lang="ar" dir="rtl"', "العربية"):
        assert words in screen.words
    screen.post("/es/kiosk/begin/")
    for step in ("", "rating/"):
        page = screen.get(urljoin(screen.here, step))
        assert page["Cache-Control"] == "no-store"
        assert "data-draft=" not in screen.words and 'type="file"' not in screen.words
        assert "Empezar de nuevo" in screen.words and 'http-equiv="refresh"' in screen.words
        links = [
            part.split('"')[0]
            for part in screen.words.split("<a ")[1:]
            for part in [part.split('href="')[1]]
        ]
        here = [link for link in links if not link.startswith(("#", "/en/s/", "/es/s/", "/ar/s/"))]
        assert all(not link.startswith(("/", "http")) for link in here), here
        assert not {"all-questions/", "go-on-later/", "not-me/"} & set(links)


@pytest.mark.parametrize(("helped", "mode"), [("", "kiosk"), ("yes", "assisted")])
def test_answers_carry_where_and_how_they_were_given(
    made: Any, place: Any, actor: Any, at: Any, helped: str, mode: str
) -> None:
    desk = add_touchpoint(place, name="Discharge desk", by=actor, at=at)
    screen = bound(made("nps", touchpoint=desk))
    screen.post("/ar/kiosk/begin/", helped=helped)
    survey = screen.here
    screen.post(f"{survey}recommend/", answer="9")
    screen.post(f"{survey}comment/", answer="طيبون")
    screen.post(f"{survey}check/")
    assert screen.here == f"{survey}thanks/" and "إفراغ" in screen.words
    response = Response.objects.get()
    assert (response.mode, response.language, response.touchpoint) == (mode, "ar", desk)
    comment = Comment.objects.get()
    assert (comment.mode, comment.touchpoint) == (mode, desk)
    assert "nurse_manager" not in str(Invitation.objects.values().get())


def test_back_shows_the_beginning_and_never_the_answers_of_another(made: Any) -> None:
    screen = bound(made("pulse"))
    screen.post("/en/kiosk/begin/")
    first = screen.here
    screen.post(f"{first}rating/", answer="2")
    screen.post("/en/kiosk/over/")
    assert screen.here == "/en/kiosk/"
    for step in ("", "rating/", "check/"):
        screen.get(f"{first}{step}")
        assert screen.here == "/en/kiosk/"
    screen.post("/en/kiosk/begin/")
    assert screen.here != first
    screen.get(f"{screen.here}rating/")
    assert " checked" not in screen.words
    assert not Response.objects.exists(), "beginning anew keeps nothing"


@pytest.mark.parametrize("keeps", [True, False])
def test_screen_that_is_left_keeps_what_was_rated_or_nothing(made: Any, keeps: bool) -> None:
    screen = bound(made("nps", keeps_left=keeps))
    screen.post("/en/kiosk/begin/")
    survey = screen.here
    screen.post(f"{survey}recommend/", answer="3")
    screen.post(f"{survey}comment/", answer="I waited, and then")
    screen.post("/en/kiosk/over/", left="yes")
    kept = [(each.complete, each.answers) for each in Response.objects.all()]
    assert kept == ([(False, {"recommend": 3})] if keeps else [])
    assert not Comment.objects.exists(), "words nobody sent are forgotten"
    assert Invitation.objects.get().progress == ""


def test_card_on_a_screen_is_forgotten_with_its_receipt(made: Any, place: Any) -> None:
    screen = bound(made())
    screen.post("/en/kiosk/begin/")
    assert screen.here.endswith("/rating/") and 'data-idle="60"' in screen.words
    card = screen.here.removesuffix("rating/")
    screen.post("./", rating="2")
    screen.post("./", story="Nobody came")
    screen.post("./", reply="no")
    screen.post("./")
    assert screen.here == f"{card}thanks/" and "/follow/" not in screen.words
    comment = Comment.objects.get()
    assert (comment.source, comment.mode, comment.text) == ("card", "kiosk", "Nobody came")
    screen.post("/en/kiosk/over/")
    assert not CardReceipt.objects.exists() and not CardDraft.objects.exists()
    for step in ("thanks/", "story/"):
        screen.get(f"{card}{step}")
        assert screen.here == "/en/kiosk/" and "Nobody came" not in screen.words


def test_screen_at_a_touchpoint_that_was_closed_asks_for_its_place(
    made: Any, place: Any, actor: Any, at: Any
) -> None:
    desk = add_touchpoint(place, name="Discharge desk", by=actor, at=at)
    screen = bound(made(touchpoint=desk))
    close_touchpoint(desk, by=actor, at=at)
    screen.post("/en/kiosk/begin/")
    assert screen.here.startswith(f"/en/c/{place.code}/") and screen.page.status_code == 200
    screen.get("/en/c/ZZZZZ/")
    assert screen.here == "/en/kiosk/", "no page leads out"


def test_without_script_a_page_asks_and_then_clears(made: Any) -> None:
    screen = bound(made("pulse"))
    screen.post("/en/kiosk/begin/")
    page = screen.get(f"{screen.here}rating/").content.decode()
    refresh = page.split('<noscript><meta http-equiv="refresh" content="')[1].split('"')[0]
    seconds, _semicolon, target = refresh.partition("; url=")
    assert seconds == "300"
    asked = screen.get(target).content.decode()
    assert f'href="{screen.here.split("?")[0]}' not in asked and "rating/" in asked
    assert 'content="30; url=/en/kiosk/"' in asked
    away = screen.get("/en/kiosk/still-there/?to=//evil.example/").content.decode()
    assert "evil.example" not in away
    screen.get("/en/kiosk/")
    assert Invitation.objects.get().finished_at is not None


def test_screen_is_ended_with_its_number_and_wrong_ones_are_not_heard_for_long(made: Any) -> None:
    kiosk = made("pulse")
    screen = bound(kiosk)
    wrong = "000000" if kiosk.pin != "000000" else "111111"
    for _ in range(5):
        assert screen.post("/en/kiosk/leave/", pin=wrong).status_code == 422
    assert "Too many" in screen.post("/en/kiosk/leave/", pin=kiosk.pin).content.decode()
    kiosk.kiosk.steps.filter(what="wrong_pin").update(at=timezone.now() - timedelta(minutes=16))
    screen.post("/en/kiosk/leave/", pin=f"{kiosk.pin[:3]} {kiosk.pin[3:]}")
    assert screen.page.status_code == 410 and KIOSK_COOKIE not in {
        name for name, kept in screen.client.cookies.items() if kept.value
    }


def test_screen_ended_from_the_desk_is_closed_at_the_next_touch(
    made: Any, nurse: Any, signed_in: Any
) -> None:
    kiosk = made("pulse")
    screen = bound(kiosk)
    screen.post("/en/kiosk/begin/")
    signed_in(nurse).post(f"/staff/kiosks/{kiosk.kiosk.pk}/revocation/")
    assert screen.get("/en/kiosk/").status_code == 410
    assert screen.post("/en/kiosk/begin/").status_code == 410
    assert Invitation.objects.get().ended_as == "restarted"


def test_screen_switched_off_in_the_middle_is_cleared_later(made: Any) -> None:
    screen = bound(made("pulse"))
    screen.post("/en/kiosk/begin/")
    screen.post(f"{screen.here}rating/", answer="7")
    clear_left(timezone.now() + timedelta(minutes=29))
    assert not Response.objects.exists()
    clear_left(timezone.now() + timedelta(minutes=31))
    assert (Response.objects.get().complete, Kiosk.objects.get().begun_at) == (False, None)


def test_nurse_of_another_place_neither_sees_nor_ends_a_screen(
    made: Any, staff: Any, other_place: Any, signed_in: Any
) -> None:
    kiosk = made("pulse").kiosk
    client = signed_in(staff("nurse_manager", places=[other_place]))
    assert "By the window" not in client.get("/staff/kiosks/").content.decode()
    assert client.post(f"/staff/kiosks/{kiosk.pk}/revocation/").status_code == 404
    form = {"spot": f"place:{kiosk.place_id}", "name": "x", "kind": "standing"}
    assert client.post("/staff/kiosks/", form).status_code == 422
