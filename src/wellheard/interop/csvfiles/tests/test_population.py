from __future__ import annotations

from datetime import date

import pytest

from wellheard.interop.csvfiles.population import PopulationFileError, read_population

HEAD = "attribute,group,people,as_of,source\n"


@pytest.mark.capability("A27")
def test_population_file_is_read() -> None:
    (row,) = read_population(f"\ufeff{HEAD}language,es,12000,2025-07-01,Census\n".encode())
    assert (row.attribute, row.group, row.people) == ("language", "es", 12000)
    assert row.as_of == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "columns are missing"),
        (HEAD, "no rows"),
        (f"{HEAD}language,es,many,2025-07-01,Census\n", "line 2: people"),
        (f"{HEAD}language,es,5,soon,Census\n", "line 2: as_of"),
        (f"{HEAD}language,,5,2025-07-01,Census\n", "line 2: group"),
        (f"{HEAD}language,es,99999999999,2025-07-01,Census\n", "line 2: people"),
    ],
)
def test_population_file_with_a_fault_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(PopulationFileError, match=words):
        read_population(text.encode())


def test_population_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(PopulationFileError, match="UTF-8"):
        read_population(b"\xff\xfe\x00")
