"""Somebody with a browser opens every page, file and API answer, and subtracts.

Groups of people (one site, quarter and language) have sizes of which every sum is another one, so
that each n on a page tells exactly which groups are in it: the attacker knows more than anybody
could. Every figure is an equation; seven people are safe when no combination gives them away.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from wellheard.people.places.actions import add_place, add_site
from wellheard.people.visits.actions import NewCount, record_visits
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.tests.factory import answer, keep

# (site, month, language): each size is larger than all before it together.
SECRET = ("North", "2026-01", "ar")
SIZES = {
    SECRET: 7,
    ("North", "2026-01", "es"): 11,
    ("South", "2026-01", "es"): 19,
    ("North", "2026-04", "es"): 38,
    ("South", "2026-04", "ar"): 76,
    ("South", "2026-01", "en"): 152,
    ("South", "2026-04", "en"): 304,
    ("North", "2026-04", "en"): 608,
    ("North", "2026-01", "en"): 1216,
}
DAYS = (datetime(2026, 4, 2, 15, tzinfo=UTC), datetime(2026, 7, 2, 15, tzinfo=UTC))
YEAR_OVER = datetime(2027, 1, 5, 15, tzinfo=UTC)
PRINTED = re.compile(r"(?<![a-z])n[\s\u202f]([\d\u202f]+)")
CELL = re.compile(r'<td class="number"[^>]*>([\d\u202f]+)</td>')


# Two languages that no quarter may show; one of them reaches the minimum in half a year.
HIDDEN = ("North", "2026-01", "ar")
LONGER_SIZES = {
    ("North", "2026-01", "vi"): 3,
    HIDDEN: 4,
    ("North", "2026-04", "vi"): 8,
    ("North", "2026-01", "es"): 16,
    ("South", "2026-01", "es"): 32,
    ("North", "2026-04", "es"): 64,
    ("South", "2026-04", "es"): 128,
    ("South", "2026-01", "en"): 256,
    ("North", "2026-04", "en"): 512,
    ("North", "2026-01", "en"): 1024,
}


@pytest.fixture
def world(organisation: Any, actor: Any, at: Any) -> dict[str, Any]:
    return made_of(SIZES, organisation, actor, at)


def made_of(sizes: Any, organisation: Any, actor: Any, at: Any) -> dict[str, Any]:
    houses = {
        name: add_site(organisation, name=name, by=actor, at=at) for name in ("North", "South")
    }
    places = {
        name: add_place(site, name=f"{name} ward", kind="ward", by=actor, at=at)
        for name, site in houses.items()
    }
    keep(
        *(
            answer(places[site], month, value, portion, language=language, item=item)
            for (site, month, language), n in sizes.items()
            for item in ("quiet",)
            for value, portion in ((4, n // 2), (1, n - n // 2))
        )
    )
    record_visits(
        [
            NewCount(places[site].pk, date.fromisoformat(f"{month}-01"), n, "language", language)
            for (site, month, language), n in sizes.items()
        ],
        by=actor,
        at=at,
    )
    return {"sites": houses, "places": places}


def addresses(world: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every page, file and API answer that counts answers, with every filter it takes."""
    quiet = {"measure": "quiet"}
    yield reverse("equity:equity"), quiet
    yield reverse("equity:equity"), {**quiet, "format": "csv"}
    yield reverse("equity:reach"), quiet
    for site in world["sites"].values():
        page = reverse("equity:site", args=[site.pk])
        yield page, quiet
        yield page, {**quiet, "format": "csv"}
        yield "/api/v1/measures/quiet/gaps", {"site": site.code}
    yield "/api/v1/measures/quiet/gaps", {}
    for attribute in ("language", "payer"):
        yield reverse("boards:measure", args=["quiet"]), {"by": attribute}
    yield reverse("drivers:drivers"), {"by": "language"}
    yield reverse("scores:places", args=["quiet"]), {}
    yield reverse("engagement:engagement"), {}
    for place in world["places"].values():
        yield reverse("boards:place", args=[place.pk]), quiet
        for months in (1, 2, 4, 12):
            asked = {"months": str(months), "place": place.code}
            yield "/api/v1/measures/quiet/score", asked
    for months in (1, 2, 4, 12):
        yield "/api/v1/measures/quiet/score", {"months": str(months)}


def figures_of(response: Any) -> set[int]:
    """Every n that an answer tells."""
    kind = response.headers["Content-Type"]
    text = response.content.decode()
    if "csv" in kind:
        return {int(row["n"]) for row in csv.DictReader(StringIO(text))}
    if "json" in kind:
        return {int(n) for n in re.findall(r'"n": ?(\d+)', text)}
    printed = [*PRINTED.findall(text), *CELL.findall(text)]
    return {int(n.replace("\u202f", "")) for n in printed}


def groups_in(
    n: int, sizes: dict[tuple[str, str, str], int] = SIZES
) -> frozenset[tuple[str, str, str]] | None:
    """Which groups an n is made of; None for a number that is no sum of groups."""
    found = set()
    for group in reversed(sizes):
        if sizes[group] <= n:
            n -= sizes[group]
            found.add(group)
    return frozenset(found) if n == 0 else None


def everything(
    enter: Any, world: dict[str, Any], monkeypatch: Any, days: tuple[datetime, ...] = DAYS
) -> set[int]:
    """All numbers of all pages on all days."""
    found: set[int] = set()
    for day in days:
        monkeypatch.setattr("django.utils.timezone.now", lambda day=day: day)
        client = enter()
        for address, query in addresses(world):
            response = client.get(address, query)
            assert response.status_code == 200, address
            found |= figures_of(response)
    return found


def derivable(
    numbers: set[int], target: frozenset[Any], sizes: dict[tuple[str, str, str], int] = SIZES
) -> bool:
    """Whether a group comes out of any combination of what was told."""
    sets = {groups for n in numbers if (groups := groups_in(n, sizes))}
    known = np.array([[float(group in each) for group in sizes] for each in sets])
    wanted = np.array([float(group in target) for group in sizes])
    solution, *_ = np.linalg.lstsq(known.T, wanted, rcond=None)
    return bool(np.allclose(known.T @ solution, wanted, atol=1e-6))


def test_every_sum_of_groups_is_another() -> None:
    for each in (SIZES, LONGER_SIZES):
        sizes = list(each.values())
        assert all(size > sum(sizes[:i]) for i, size in enumerate(sizes))
    assert groups_in(7 + 19) == {SECRET, ("South", "2026-01", "es")}
    assert groups_in(8) is None


@pytest.mark.capability("M02")
def test_seven_people_come_out_of_no_page_file_or_answer(
    world: dict[str, Any], staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    numbers = everything(lambda: signed_in(staff("analyst")), world, monkeypatch)
    told = {n for n in numbers if groups_in(n)}
    assert len(told) > 8, "the attacker finds numbers at all"
    assert 7 not in numbers
    assert not derivable(told, frozenset({SECRET})), sorted(map(str, map(groups_in, told)))
    # Nor the same people with their quarter's or site's others of the same language.
    assert not derivable(told, frozenset({SECRET, ("South", "2026-04", "ar")}))


@pytest.mark.capability("M02")
def test_the_attacker_finds_them_under_a_weaker_policy(
    world: dict[str, Any], staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    weak = replace(load_policy(), minimum_group=2)
    for module in ("facts.queries", "equity.queries"):
        monkeypatch.setattr(f"wellheard.understand.{module}.load_policy", lambda: weak)
    monkeypatch.setattr("django.utils.timezone.now", lambda: DAYS[0])
    client = signed_in(staff("analyst"))
    files = [each for each in addresses(world) if each[1].get("format") == "csv"]
    numbers = {n for page, query in files for n in figures_of(client.get(page, query))}
    assert derivable({n for n in numbers if groups_in(n)}, frozenset({SECRET}))


@pytest.mark.capability("M02")
def test_longer_window_tells_its_group_and_gives_nobody_else_away(
    organisation: Any, actor: Any, at: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    world = made_of(LONGER_SIZES, organisation, actor, at)

    def enter() -> Any:
        return signed_in(staff("analyst"))

    window = frozenset({("North", "2026-01", "vi"), ("North", "2026-04", "vi")})
    open_yet = everything(enter, world, monkeypatch, DAYS[:1])
    assert 11 not in open_yet, "the half-year is not over"
    numbers = open_yet | everything(enter, world, monkeypatch, (*DAYS[1:], YEAR_OVER))
    told = {n for n in numbers if groups_in(n, LONGER_SIZES)}
    assert window in {groups_in(n, LONGER_SIZES) for n in told}
    for few in (
        {HIDDEN}, {("North", "2026-01", "vi")}, {("North", "2026-04", "vi")},
        {HIDDEN, ("North", "2026-01", "vi")},
    ):  # fmt: skip
        assert not derivable(told, frozenset(few), LONGER_SIZES), few
    # An attacker who is also told the other quarter has it: the test can fail.
    assert derivable({*told, 8}, frozenset({("North", "2026-01", "vi")}), LONGER_SIZES)
