"""The expressions of facts say the same on every engine: DuckDB, PostgreSQL and Spark.

The oracle is plain counting in Python. DuckDB reads the product's own Parquet files; PostgreSQL is
asked on the run of the tests that has one; Spark (a master and two workers on this machine) with
``script/test --spark``.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from wellheard.understand.facts.bulk import COLUMNS
from wellheard.understand.facts.parquet import WHO, Portion, write_file

Rows = list[dict[str, Any]]
Run = Callable[[Any], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Facts of one organisation: some with no place, some with groups not told."""
    rng = random.Random(2)
    found = []
    for response in range(1, 401):
        day = date(2026, 1, 1) + timedelta(days=response % 80)
        who = {
            "organisation_id": 7, "response_id": response, "version": 1 + response % 2,
            "place_id": rng.choice([None, 3, 4, 9]), "month": day.year * 100 + day.month,
            "day": day, "touchpoint_id": [None, 31, 32][response % 3],
            "mode": rng.choice(["web", "paper", "kiosk"]), "helped": ["", "staff"][response % 2], "sex": rng.choice(["f", "m", ""]),
            "language": rng.choice(["en", "ar", ""]), "age_band": rng.choice(["18-34", ""]),
            "ethnicity": rng.choice(["A", "B"]), "payer": "",
        }  # fmt: skip
        for item in ("pulse.quiet", "pulse.rating"):
            if rng.random() < 0.9:
                found.append({**who, "item": item, "value": rng.randint(0, 10)})
    return found


@pytest.fixture(scope="module")
def files(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same facts as the product's files."""
    folder = tmp_path_factory.mktemp("facts")
    found = []
    for month in sorted({row["month"] for row in rows}):
        portion = Portion([], [], [], [])
        for row in (row for row in rows if row["month"] == month):
            portion.who.append(tuple(row[name] for name in WHO))
            portion.owner.append(len(portion.who) - 1)
            portion.items.append(row["item"])
            portion.values.append(row["value"])
        found.append(folder / write_file(folder, 7, month, [portion]).name)
    return found


def expressions() -> Iterator[tuple[str, Any, Callable[[Rows], set[tuple[Any, ...]]]]]:
    """Each kind of expression with what plain Python makes of the rows."""
    from wellheard.understand.facts.expressions import Asked, counted, table

    facts = table("facts")
    for by in (
        ("place_id", "month", "value"),
        ("day", "value"),
        ("place_id", "sex", "value"),
        ("place_id", "touchpoint_id", "value"),
        ("mode", "helped", "value"),
    ):
        for places in (None, (3, 4)):
            asked = Asked(7, "pulse.quiet", 202601, 202603, places)
            yield f"counted {by} {places}", counted(facts, asked, by), _counts(by, places)
    by = ("item", "place_id", "month", "value", "age_band", "sex")
    for places in (None, (3, 4)):
        asked = Asked(7, None, 202601, 202603, places)
        yield f"every item {places}", counted(facts, asked, by), _counts(by, places)


def _counts(by: tuple[str, ...], places: Any) -> Callable[[Rows], set[tuple[Any, ...]]]:
    def plain(rows: Rows) -> set[tuple[Any, ...]]:
        found: dict[tuple[Any, ...], int] = defaultdict(int)
        for row in rows:
            near = places is None or (row["place_id"] and 3 <= row["place_id"] <= 4)
            asked = "item" in by or row["item"] == "pulse.quiet"
            if asked and row["month"] < 202603 and near:
                found[tuple(row[name] for name in by)] += 1
        return {(*key, n) for key, n in found.items()}

    return plain


def agrees(rows: Rows, run: Run) -> None:
    """Every expression gives what plain counting gives."""
    for name, expression, plain in expressions():
        told = [tuple(map(_whole, row)) for row in run(expression)]
        assert len(told) == len(set(told)), name
        assert set(told) == plain(rows) and told, name


def _whole(value: Any) -> Any:
    """PostgreSQL and Spark may give counts as decimals."""
    return value if value is None or isinstance(value, str | date) else int(value)


@pytest.mark.capability("G05")
def test_duckdb_over_files_says_what_plain_counting_says(rows: Rows, files: list[Path]) -> None:
    import ibis

    from wellheard.understand.facts.engine import ask

    agrees(rows, lambda asked: ask(str(ibis.to_sql(asked, dialect="duckdb")), files, {}))


@pytest.mark.django_db
def test_postgresql_says_what_plain_counting_says(rows: Rows) -> None:
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("this run has no PostgreSQL")
    import ibis

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE facts (LIKE understand_fact INCLUDING DEFAULTS) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY facts (id, {', '.join(COLUMNS)}) FROM STDIN") as copy:
            for number, row in enumerate(rows):
                copy.write_row([number, *(row.get(name) for name in COLUMNS)])

        def run(asked: Any) -> list[tuple[Any, ...]]:
            cursor.execute(str(ibis.to_sql(asked, dialect="postgres")))
            return list(cursor.fetchall())

        agrees(rows, run)


@pytest.mark.spark
def test_spark_with_two_workers_says_what_plain_counting_says(
    rows: Rows, files: list[Path], tmp_path: Path
) -> None:
    if "WELLHEARD_TEST_SPARK" not in os.environ:
        pytest.skip("Spark is asked by script/test --spark alone")
    import ibis

    from wellheard.understand.facts.tests.spark import standalone

    with ExitStack() as stack:
        session = stack.enter_context(standalone(tmp_path, workers=2))
        session.read.parquet(*map(str, files)).createOrReplaceTempView("facts")

        def run(asked: Any) -> list[tuple[Any, ...]]:
            sql = str(ibis.to_sql(asked, dialect="pyspark"))
            return [tuple(row) for row in session.sql(sql).collect()]

        agrees(rows, run)
        executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
        assert executors == 3  # two workers and the driver
