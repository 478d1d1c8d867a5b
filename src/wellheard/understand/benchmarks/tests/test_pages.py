from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from wellheard.understand.benchmarks.tests.test_load import THEN, figure, loaded

__all__ = ["loaded"]


@pytest.mark.capability("L06")
def test_hospital_is_found_and_shown_beside_state_and_nation(
    loaded: Any, staff: Any, signed_in: Any
) -> None:
    loaded(
        "h.csv",
        figure(
            "hospital",
            "010001",
            70,
            name="North Star",
            state="AL",
            completes=412,
            footnotes=("11",),
        ),
        figure("hospital", "010005", 80, name="South Bay", state="AL"),
    )
    loaded("s.csv", figure("state", "AL", 71))
    loaded("n.csv", figure("nation", "US", 73))
    client = signed_in(staff("analyst"))
    found = client.get(reverse("benchmarks:benchmarks"), {"q": "north"}).content.decode()
    assert reverse("benchmarks:hospital", args=["010001"]) in found
    shown = client.get(reverse("benchmarks:hospital", args=["010001"])).content.decode()
    shown = shown.replace("\u202f", " ")
    for words in ("70 %", "71 %", "73 %", "−1", "−3", "higher than 25 % of 2 hospitals", "412"):
        assert words in shown
    assert "There were discrepancies in the data collection process" in shown


@pytest.mark.capability("L07")
def test_hospital_of_another_period_is_not_compared(
    loaded: Any, staff: Any, signed_in: Any
) -> None:
    loaded("h.csv", figure("hospital", "010001", 70, THEN, name="North Star", state="AL"))
    loaded("n.csv", figure("nation", "US", 73))
    client = signed_in(staff("analyst"))
    shown = client.get(reverse("benchmarks:hospital", args=["010001"])).content.decode()
    assert "other period" in shown and "73\u202f%" not in shown


def test_hospital_that_is_not_there(loaded: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    assert client.get(reverse("benchmarks:hospital", args=["999999"])).status_code == 404
    empty = client.get(reverse("benchmarks:benchmarks"), {"q": "nowhere"}).content.decode()
    assert "No hospital found" in empty and "Nothing has been loaded yet" in empty


def test_benchmarks_are_not_for_the_front_desk(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("front_desk"))
    assert client.get(reverse("benchmarks:benchmarks")).status_code == 403
