"""A hospital in a funnel: its place by size, what is beyond, what cannot be drawn."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from wellheard.understand.benchmarks.funnels import funnel_of
from wellheard.understand.benchmarks.rules import Sized, like_sized
from wellheard.understand.benchmarks.tests.test_load import CLEAN, figure, loaded

__all__ = ["loaded"]


def hospitals(*own: tuple[float, int]) -> list[Sized]:
    """Twenty plain hospitals of 70 % and a little more or less, then the given ones."""
    plain = [(70 + (i % 5) - 2, 300 + 40 * i) for i in range(20)]
    return [
        Sized(f"{i:06}", f"Hospital {i}", "AL", float(value), completes)
        for i, (value, completes) in enumerate([*plain, *own])
    ]


@pytest.mark.capability("L06")
@pytest.mark.parametrize(
    ("value", "completes", "place"),
    [(70, 400, "within"), (45, 2000, "below"), (95, 2000, "above"), (60, 30, "within")],
)
def test_hospital_lies_where_size_and_chance_say(value: float, completes: int, place: str) -> None:
    drawn = funnel_of("000020", "AL", hospitals((value, completes)), "state")
    assert drawn.own is not None
    assert drawn.own.place == place
    assert len(drawn.spots) == 20
    assert drawn.says.startswith("Hospital 20 lies")


def test_every_place_in_the_frame_is_within_it() -> None:
    drawn = funnel_of("000003", "AL", hospitals((45, 2000), (95, 20)), "state")
    spots = [*drawn.spots, drawn.own]
    assert all(0 <= float(s.x[:-1]) <= 100 and 0 <= float(s.y[:-1]) <= 100 for s in spots if s)
    assert {spot.name for spot in drawn.beyond} == {"Hospital 20"}


def test_funnel_of_too_few_or_of_equal_hospitals_says_why() -> None:
    assert "Too few" in funnel_of("000001", "AL", hospitals()[:4], "state").says
    same = [Sized(str(i), "H", "AL", 100.0, 100) for i in range(9)]
    assert "same figure" in funnel_of("1", "AL", same, "state").says
    assert "not published" in funnel_of("nowhere", "AL", same, "state").says


def test_like_sized_are_the_nearest_with_itself() -> None:
    found = like_sized(hospitals()[10], hospitals(), 5)
    assert sorted(each.completes for each in found) == [620, 660, 700, 740, 780]


@pytest.mark.capability("L07")
def test_funnel_page_shows_the_limits_and_what_they_rest_on(
    loaded: Any, staff: Any, signed_in: Any
) -> None:
    rows = [
        figure(
            "hospital", each.code, each.value, name=each.name, state="AL", completes=each.completes
        )
        for each in hospitals((45, 2000))
    ]
    loaded("h.csv", *rows)
    client = signed_in(staff("analyst"))
    address = reverse("benchmarks:funnel", args=["000020", CLEAN])
    shown = client.get(address).content.decode()
    assert "below what chance and ordinary differences explain" in shown
    assert "21 hospitals" in shown and "limits 95 % and 99.8 %" in shown
    assert "21 hospitals" in client.get(address, {"among": "size"}).content.decode()
    assert address in client.get(reverse("benchmarks:hospital", args=["000020"])).content.decode()
    assert client.get(reverse("benchmarks:funnel", args=["999999", CLEAN])).status_code == 404
    empty = client.get(reverse("benchmarks:funnel", args=["000020", "H_NONE"])).content.decode()
    assert "not published" in empty
