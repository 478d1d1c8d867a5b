"""Counting 1, 10 and 100 million answers: the product's queries beside hand-written SQL.

    python bench/facts.py [--answers 1000000] [--folder /tmp/facts] [--postgres URL] [--no-pandas]

Makes answers of four organisations (120 places each, 11 items, 36 months), writes them with the
product's own writer, and asks the three questions of the pages. CPU time is told first: other
work on the machine stretches the clock, not that. Peers answer the same questions on the same
answers in the same run, and their answers are compared.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np

from wellheard.understand.facts import engine, expressions, prepared
from wellheard.understand.facts.parquet import Portion, write_file

ORGANISATIONS, PLACES, MONTHS = (1, 2, 3, 4), 120, 36
ITEMS = [f"pulse.q{n:02d}" for n in range(11)]
GROUPS = {
    "mode": ["web", "paper", "sms"], "language": ["en", "en", "es", "ar"],
    "age_band": ["18-34", "35-49", "50-64", "65-74", "75+", ""], "sex": ["f", "m", ""],
    "ethnicity": ["A", "B", "C", "D", ""], "payer": ["Medicare", "Private", "Medicaid", ""],
}  # fmt: skip
ITEM, PLACE, ROUNDS = "pulse.q03", 57, 7
AT_ONCE = 20_000


def main() -> None:
    """Make, ask, print."""
    options = _options()
    print(f"{options.answers:,} answers, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    files = _files(options)
    everything = [file for own in files.values() for file in own]
    size = sum(file.stat().st_size for file in everything)
    print(
        f"{len(everything)} files, {size / 1e6:,.0f} MB, {size / options.answers:.2f} bytes an answer"
    )
    _physical(everything, options.answers)
    peers = [("DuckDB, SQL by hand", _by_hand(files, everything))]
    if not options.no_pandas:
        peers.append(("pandas", _pandas(everything)))
    if options.postgres:
        peers.append(("PostgreSQL", _postgres(options.postgres, everything)))
    ours = _ours(files, everything)
    for question, ask in ours.items():
        mine = _timed(ask)
        print(f"\n{question}\n  {'Wellheard':22} {_told(mine)}  ({len(ask()):,} groups)")
        for name, peer in peers:
            other = _timed(peer[question], rounds=ROUNDS if name.startswith("Duck") else 3)
            same = (
                "same"
                if sorted(ask(), key=str) == sorted(peer[question](), key=str)
                else "DIFFERENT"
            )
            print(f"  {name:22} {_told(other)}  {mine[0] / other[0]:.2f} x its CPU, answers {same}")
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nlargest memory with peers {largest:,.0f} MB; load {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/wellheard-bench-facts"))
    parser.add_argument("--postgres", help="an empty database of yours, as postgresql://...")
    parser.add_argument("--no-pandas", action="store_true")
    return parser.parse_args()


def _files(options: argparse.Namespace) -> dict[int, list[Path]]:
    """The files of each organisation; written once for a folder and number of answers."""
    folder = options.folder / str(options.answers)
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        rng = np.random.default_rng(4)
        people = options.answers // len(ITEMS) // MONTHS // len(ORGANISATIONS)
        spent, began = 0.0, time.perf_counter()
        for organisation in ORGANISATIONS:
            for n in range(MONTHS):
                # What is invented is not the writer's time, so it is made before.
                portions = list(_portions(rng, 2023 * 12 + n, people))
                cpu = time.process_time()
                write_file(folder, organisation, _month(2023 * 12 + n), portions)
                spent += time.process_time() - cpu
        written = people * len(ITEMS) * MONTHS * len(ORGANISATIONS)
        wall = time.perf_counter() - began
        print(
            f"written: {written / spent:,.0f} answers a CPU second ({wall:.0f} s with inventing them)"
        )
        print(
            f"memory while writing {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
        )
        (folder / "done").touch()
    return {o: sorted((folder / str(o)).glob("*.parquet")) for o in ORGANISATIONS}


def _month(number: int) -> int:
    return number // 12 * 100 + number % 12 + 1


def _portions(rng: np.random.Generator, number: int, people: int) -> Iterator[Portion]:
    month = _month(number)
    first = date(month // 100, month % 100, 1)
    for start in range(0, people, AT_ONCE):
        n = min(AT_ONCE, people - start)
        places = (rng.random(n) ** 2 * PLACES).astype(int) + 1
        days = rng.integers(0, 28, n)
        said = [rng.integers(0, len(values), n) for values in GROUPS.values()]
        names = list(GROUPS.values())
        who = [
            (int(places[i]), start + i, 1, month, first + timedelta(int(days[i])),
             *(names[g][said[g][i]] for g in range(len(names))))
            for i in range(n)
        ]  # fmt: skip
        owner = np.repeat(np.arange(n), len(ITEMS)).tolist()
        values = rng.integers(1, 5, n * len(ITEMS)).tolist()
        yield Portion(who, owner, ITEMS * n, values)


Ask = Callable[[], list[tuple[Any, ...]]]


def _ours(files: dict[int, list[Path]], everything: list[Path]) -> dict[str, Ask]:
    facts = expressions.table("facts")
    chart = prepared.sql_of(("place_id", "month", "value"), narrowed=True)
    began = time.process_time()
    board = str(ibis.to_sql(expressions.board(facts, ITEM), dialect="duckdb"))
    sums = str(
        ibis.to_sql(expressions.summed(facts, ("place_id", "age_band", "sex")), dialect="duckdb")
    )
    print(
        f"Ibis compiles both large questions in {(time.process_time() - began) * 1e3:.0f} ms of CPU"
    )
    given = {
        "organisation": 2,
        "item": ITEM,
        "start": 202301,
        "stop": 202601,
        "low": PLACE,
        "high": PLACE,
    }
    return {
        "place x month chart of one organisation": lambda: engine.ask(chart, files[2], given),
        "percentiles of all places": lambda: _percentiles(engine.ask(board, everything, {})),
        "case-mix sums over everything": lambda: engine.ask(sums, everything, {}),
    }


def _percentiles(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Percentile rank of each place's share of the best answer, from its counts."""
    total: dict[tuple[int, int], list[int]] = {}
    for organisation, place, value, n in rows:
        held = total.setdefault((organisation, place), [0, 0])
        held[0] += n
        held[1] += n if value == 4 else 0
    shares = {key: best / n for key, (n, best) in total.items()}
    ordered = np.sort(np.fromiter(shares.values(), float))
    below = np.searchsorted(ordered, list(shares.values()), side="left")
    last = max(len(shares) - 1, 1)
    return [(*key, round(int(n) / last, 9)) for key, n in zip(shares, below, strict=True)]


def _by_hand(files: dict[int, list[Path]], everything: list[Path]) -> dict[str, Ask]:
    own = duckdb.connect(":memory:", config={"threads": 2})
    own.execute("SET parquet_metadata_cache = true")
    mine, whole = str([str(f) for f in files[2]]), str([str(f) for f in everything])
    return _sql(
        lambda sql: own.execute(sql).fetchall(), f"read_parquet({mine})", f"read_parquet({whole})"
    )


def _sql(run: Callable[[str], list[Any]], mine: str, whole: str) -> dict[str, Ask]:
    chart = f"""SELECT place_id, month, value, count(*) FROM {mine} WHERE organisation_id = 2 AND
        item = '{ITEM}' AND place_id = {PLACE} GROUP BY ALL"""
    board = f"""SELECT organisation_id, place_id, percent_rank() OVER (ORDER BY share) FROM (
        SELECT organisation_id, place_id, avg(CASE WHEN value = 4 THEN 1.0 ELSE 0.0 END) AS share
        FROM {whole} WHERE item = '{ITEM}' GROUP BY 1, 2) AS places"""
    sums = f"""SELECT item, place_id, age_band, sex, count(*), sum(value::bigint),
        sum(value::bigint * value) FROM {whole} GROUP BY 1, 2, 3, 4"""
    chart = chart.replace("GROUP BY ALL", "GROUP BY 1, 2, 3")
    return {
        "place x month chart of one organisation": lambda: run(chart),
        "percentiles of all places": lambda: [(o, p, round(float(r), 9)) for o, p, r in run(board)],
        "case-mix sums over everything": lambda: [
            (*row[:4], *(int(n) for n in row[4:])) for row in run(sums)
        ],
    }


def _pandas(everything: list[Path]) -> dict[str, Ask]:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = ["organisation_id", "place_id", "item", "value", "month", "age_band", "sex"]
    table = pa.concat_tables(pq.read_table(f, columns=columns) for f in everything)
    frame = table.unify_dictionaries().to_pandas()
    print(f"pandas holds it in {frame.memory_usage(deep=True).sum() / 1e6:,.0f} MB")

    def chart() -> list[tuple[Any, ...]]:
        some = frame[
            (frame.organisation_id == 2) & (frame["item"] == ITEM) & (frame.place_id == PLACE)
        ]
        return list(
            some.groupby(["place_id", "month", "value"])
            .size()
            .reset_index()
            .itertuples(index=False, name=None)
        )

    def board() -> list[tuple[Any, ...]]:
        some = frame[frame["item"] == ITEM]
        share = (some.value == 4).groupby([some.organisation_id, some.place_id]).mean()
        rank = (share.rank(method="min") - 1) / (len(share) - 1)
        return [(o, p, round(r, 9)) for (o, p), r in rank.items()]

    def sums() -> list[tuple[Any, ...]]:
        wide = frame.value.astype("int64")
        found = pd.DataFrame({"n": wide, "total": wide, "squares": wide * wide}).groupby(
            [frame["item"], frame.place_id, frame.age_band, frame.sex], observed=True
        )
        rows = found.agg({"n": "size", "total": "sum", "squares": "sum"}).reset_index()
        return list(rows.itertuples(index=False, name=None))

    return {
        "place x month chart of one organisation": chart,
        "percentiles of all places": board,
        "case-mix sums over everything": sums,
    }


def _postgres(url: str, everything: list[Path]) -> dict[str, Ask]:
    import psycopg
    import pyarrow.parquet as pq

    own = psycopg.connect(url, autocommit=True)
    columns = ["organisation_id", "place_id", "item", "value", "month", "age_band", "sex"]
    own.execute("DROP TABLE IF EXISTS bench_facts")
    own.execute(
        "CREATE TABLE bench_facts (organisation_id bigint, place_id bigint, item varchar(80), value smallint,"
        " month integer, age_band varchar(16), sex varchar(24))"
    )
    began = time.perf_counter()
    with (
        own.cursor() as cursor,
        cursor.copy(f"COPY bench_facts ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for file in everything:
            for row in zip(*pq.read_table(file, columns=columns).to_pydict().values(), strict=True):
                copy.write_row(row)
    own.execute("CREATE INDEX ON bench_facts (organisation_id, item, place_id, month, value)")
    own.execute("VACUUM ANALYZE bench_facts")
    print(f"PostgreSQL loaded and indexed in {time.perf_counter() - began:.0f} s")
    return _sql(lambda sql: own.execute(sql).fetchall(), "bench_facts", "bench_facts")


def _physical(everything: list[Path], answers: int) -> None:
    """How fast one column is read, beside how fast this machine moves memory."""
    block = np.ones(32_000_000, dtype=np.int64)
    copy_cpu, _ = _timed(lambda: [(block.copy()[0],)], rounds=5)
    bandwidth = 2 * block.nbytes / copy_cpu / 1e9
    cpu, _ = _timed(
        lambda: engine.ask('SELECT sum(value), sum(place_id) FROM "facts"', everything, {})
    )
    scan = answers * (2 + 8) / cpu / 1e9
    print(
        f"memory moves at {bandwidth:.1f} GB/s a core; two columns (10 bytes an answer) are read and summed "
        f"at {scan:.2f} GB/s a core, {answers / cpu / 1e6:,.0f} million answers a CPU second"
    )


def _timed(ask: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """The median CPU seconds of this process and the least wall seconds, after one to warm."""
    ask()
    cpu, wall = [], []
    for _ in range(rounds):
        began, spent = time.perf_counter(), time.process_time()
        ask()
        cpu.append(time.process_time() - spent)
        wall.append(time.perf_counter() - began)
    return statistics.median(cpu), min(wall)


def _told(timed: tuple[float, float]) -> str:
    return f"{timed[0] * 1e3:9.1f} ms CPU {timed[1] * 1e3:9.1f} ms wall"


if __name__ == "__main__":
    main()
