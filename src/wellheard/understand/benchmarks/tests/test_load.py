from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wellheard.understand.benchmarks.actions import NewBenchmark, load_benchmarks, load_footnotes
from wellheard.understand.benchmarks.models import Benchmark
from wellheard.understand.benchmarks.queries import (
    compare,
    find_hospitals,
    footnote_texts,
    hospital,
    releases_of,
)

NOW = (date(2022, 10, 1), date(2023, 9, 30))
THEN = (date(2016, 10, 1), date(2017, 9, 30))
CLEAN = "H_CLEAN_HSP_A_P"


def figure(
    level: str, code: str, value: float | None, period: Any = NOW, **more: Any
) -> NewBenchmark:
    return NewBenchmark(
        level=level,
        code=code,
        measure=CLEAN,
        value=value,
        period_start=period[0],
        period_end=period[1],
        **more,
    )


@pytest.fixture
def loaded(organisation: Any, actor: Any, at: Any) -> Any:
    def load(name: str, *rows: NewBenchmark, survey: str = "hcahps") -> Any:
        return load_benchmarks(
            rows, survey=survey, release="July 2024", source_file=name, by=actor, at=at
        )

    return load


@pytest.mark.capability("B17")
def test_hospital_stands_beside_its_state_and_the_nation(loaded: Any, organisation: Any) -> None:
    loaded(
        "hospital.csv",
        figure("hospital", "010001", 70, name="North Star", state="AL", completes=412),
        figure("hospital", "010005", 80, name="South Bay", state="AL", completes=220),
    )
    loaded("state.csv", figure("state", "AL", 71), figure("state", "TX", 50))
    loaded("nation.csv", figure("nation", "US", 73))
    entity = hospital(organisation.pk, "010001")
    [found] = compare(entity, releases_of(entity)[0], [CLEAN, "H_RECMND_DY"])
    assert (found.hospital.value, found.hospital.completes) == (70, 412)
    assert found.state.figure and found.state.figure.value == 71
    assert found.nation.figure and found.nation.figure.value == 73
    assert found.standing and (found.standing.of, found.standing.percentile) == (2, 25.0)


@pytest.mark.capability("L07")
def test_figures_of_another_period_are_not_set_beside(loaded: Any, organisation: Any) -> None:
    loaded("old.csv", figure("hospital", "010001", 70, THEN, name="North Star", state="AL"))
    loaded("nation.csv", figure("nation", "US", 73))
    entity = hospital(organisation.pk, "010001")
    [found] = compare(entity, releases_of(entity)[0], [CLEAN])
    assert (found.nation.figure, found.nation.refused) == (None, "period")
    assert found.state.refused == "absent"


def test_cancer_hospitals_are_not_set_beside_all_hospitals(loaded: Any, organisation: Any) -> None:
    loaded("pch.csv", figure("hospital", "050146", 84, state="CA"), survey="pch-hcahps")
    loaded("nation.csv", figure("nation", "US", 73))
    entity = hospital(organisation.pk, "050146")
    [found] = compare(entity, releases_of(entity)[0], [CLEAN])
    assert found.nation.refused == "survey"


def test_a_file_loaded_again_replaces_itself(loaded: Any) -> None:
    loaded("nation.csv", figure("nation", "US", 73))
    loaded("nation.csv", figure("nation", "US", 74))
    assert list(Benchmark.objects.values_list("value", flat=True)) == [74]


def test_find_hospitals_by_name_state_and_number(loaded: Any, organisation: Any) -> None:
    loaded("h.csv", figure("hospital", "010001", 70, name="North Star", city="Boaz", state="AL"))
    for words in ("north", "star boaz", "al north", "010001"):
        assert [each.code for each in find_hospitals(organisation.pk, words)] == ["010001"]
    assert find_hospitals(organisation.pk, "south") == []


def test_footnotes_are_said_in_words(organisation: Any, actor: Any, at: Any) -> None:
    assert footnote_texts(organisation.pk)["11"].startswith("There were discrepancies")
    load_footnotes({"11": "New words"}, release="2025", by=actor, at=at)
    load_footnotes({"11": "Newer words"}, release="2026", by=actor, at=at)
    assert footnote_texts(organisation.pk)["11"] == "Newer words"
