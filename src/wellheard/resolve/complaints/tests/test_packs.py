"""Rule packs as data: complete, sourced, and refused when they are not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from wellheard.resolve.complaints.rulebook import shipped
from wellheard.resolve.complaints.rules.packs import PackError, RulePack, read_pack
from wellheard.resolve.complaints.rules.priority import read_priority
from wellheard.resolve.complaints.tests.packs import ENGLAND, US


@pytest.mark.parametrize("pack", [US, ENGLAND], ids=lambda pack: pack.code)
def test_every_clause_has_source_mark_and_date(pack: RulePack) -> None:
    assert all(c.text and c.source and c.mark and c.effective_from for c in pack.clauses.values())


def test_packs_hold_the_clauses_of_their_law() -> None:
    assert {f"CMS-{n:02}" for n in range(1, 24)} <= set(US.clauses)
    assert {f"ENG-{n:02}" for n in range(1, 14)} <= set(ENGLAND.clauses)


def broken(change: Callable[[dict[str, Any]], None]) -> str:
    data = copy.deepcopy(shipped("us-hospital"))
    change(data)
    with pytest.raises(PackError) as refused:
        read_pack(data)
    return str(refused.value)


def test_pack_that_is_not_whole_says_what_is_wrong() -> None:
    assert broken(lambda d: d.pop("clocks")) == "clocks is missing"
    assert "CMS-99" in broken(lambda d: d["clocks"][0].update(clause="CMS-99"))
    assert "dragon" in broken(lambda d: d["clocks"][0].update(classes=["dragon"]))
    assert "fortnights" in broken(lambda d: d["clocks"][0].update(count={"fortnights": 1}))
    assert "mood" in broken(
        lambda d: d["classification"]["rules"][0].update(when={"fact": "mood", "is": "bad"})
    )


def test_priority_model_that_names_an_unknown_tier_is_refused() -> None:
    data = copy.deepcopy(shipped("priority"))
    data["topics"][0]["tier"] = "dragon"
    with pytest.raises(PackError, match="dragon"):
        read_priority(data)


@pytest.mark.capability("G11")
def test_shipped_priorities_are_those_of_the_table() -> None:
    model = read_priority(shipped("priority"))
    assert {topic.code: topic.tier for topic in model.topics.values()} == {
        "complaints": "high",
        "scheduling": "high",
        "communication": "high",
        "billing": "medium",
        "education": "medium",
        "other": "medium",
    }
