# ruff: noqa: E402
"""Counting 1, 10 and 100 million answers: the product's own calls beside hand-written SQL.

    python bench/facts.py [--answers 1000000] [--home /tmp/wellheard-bench-facts]
                          [--postgres URL] [--no-pandas]

Makes answers of four organisations (120 places each, 11 items, 36 months; up to 2 million by the
product's own writer, more by DuckDB in the same form) and asks what the pages ask: a place's
months, every place's standing in a measure, and every measure adjusted for who answered. Peers
work the same figures out of the same answers in the same run, and the figures are compared. CPU
time is told first: other work on the machine stretches the clock, not that.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_HOME = next(
    (sys.argv[n + 1] for n, each in enumerate(sys.argv[:-1]) if each == "--home"),
    "/tmp/wellheard-bench-facts",
)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
os.environ.setdefault("WELLHEARD_MODE", "test")
os.environ["WELLHEARD_HOME"] = _HOME

import django

django.setup()

import duckdb
import numpy as np

from wellheard.base.audit.actor import Actor
from wellheard.base.tables.making import make_database
from wellheard.people.places.actions import add_organisation, add_site
from wellheard.people.places.models import Organisation, Place
from wellheard.understand.facts import engine
from wellheard.understand.facts.cells import WantedItems, count_cells
from wellheard.understand.facts.models import FactMonth, FactStore
from wellheard.understand.facts.parquet import Portion, write_file
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Slice, Where
from wellheard.understand.facts.sources import folder
from wellheard.understand.scores.comparison import board_of
from wellheard.understand.scores.queries import shipped_measures

PLACES, MONTHS, AT = 120, 36, datetime(2026, 1, 2, tzinfo=UTC)
SLUGS = ("one", "two", "three", "four")
EVERYTHING = Period(Month(2023, 1), Month(2026, 1))
MEASURES = [each for each in shipped_measures().values() if each.item.startswith("pulse.")]
ITEMS = [each.item for each in MEASURES]
MEASURE = shipped_measures()["clean"]
ITEM, NTH_PLACE, ROUNDS = MEASURE.item, 57, 5
MIX = ("age_band", "sex", "language")
GROUPS = {
    "mode": ["web", "paper", "sms"], "language": ["en", "en", "es", "ar"],
    "age_band": ["18-34", "35-49", "50-64", "65-74", "75+", ""], "sex": ["f", "m", ""],
    "ethnicity": ["A", "B", "C", "D", ""], "payer": ["Medicare", "Private", "Medicaid", ""],
}  # fmt: skip
AT_ONCE, MOST_OUR_WRITER = 20_000, 2_000_000
CHART, BOARD, MIXED = "place x month chart", "percentile board of all places", "case-mix sums"


def main() -> None:
    """Make, ask, print."""
    options = _options()
    print(f"{options.answers:,} answers, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    files = _hospital(options)
    everything = [file for own in files.values() for file in own]
    size = sum(file.stat().st_size for file in everything)
    print(
        f"{len(everything)} files, {size / 1e6:,.0f} MB, {size / options.answers:.2f} B an answer"
    )
    _physical(everything, options.answers)
    ours = _ours(files)
    mine = {question: _timed(ask) for question, ask in ours.items()}
    _pages(files)
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"largest memory without peers {largest:,.0f} MB")
    peers = [("DuckDB, SQL by hand", _by_hand(files, everything))]
    if not options.no_pandas:
        peers.append(("pandas", _pandas(files, everything)))
    if options.postgres:
        peers.append(("PostgreSQL", _postgres(options.postgres, files, everything)))
    for question, ask in ours.items():
        print(f"\n{question}\n  {'Wellheard':22} {_told(mine[question])}")
        for name, peer in peers:
            other = _timed(peer[question], rounds=ROUNDS if name.startswith("Duck") else 3)
            same = _compared(ask(), peer[question]())
            ratios = (mine[question][n] / other[n] for n in (0, 1))
            times = ", ".join(
                f"{ratio:.2f} x its {n}" for ratio, n in zip(ratios, ("CPU", "wall"), strict=True)
            )
            print(f"  {name:22} {_told(other)}  ours {times}; {same}")
    print(f"\nload {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument(
        "--home", help="a folder that is this bench's own; emptied for another size"
    )
    parser.add_argument("--postgres", help="an empty database of yours, as postgresql://...")
    parser.add_argument("--no-pandas", action="store_true")
    return parser.parse_args()


def _hospital(options: argparse.Namespace) -> dict[int, list[Path]]:
    """Organisations that are counted from files, each with its files; made once for a size."""
    done = Path(_HOME) / f"done-{options.answers}"
    if not done.exists():
        shutil.rmtree(_HOME, ignore_errors=True)
        make_database()
        _write(options.answers)
        done.touch()
    return {
        organisation.pk: [
            folder() / name
            for name in FactMonth.objects.filter(organisation=organisation)
            .order_by("month")
            .values_list("file", flat=True)
        ]
        for organisation in Organisation.objects.order_by("pk")
    }


def _write(answers: int) -> None:
    people = answers // len(ITEMS) // MONTHS // len(SLUGS)
    rng = np.random.default_rng(4)
    spent, began = 0.0, time.perf_counter()
    for slug in SLUGS:
        organisation, places = _organisation(slug)
        for month in EVERYTHING.months:
            if answers > MOST_OUR_WRITER:
                written = _by_duckdb(organisation.pk, month, places, people)
            else:
                # What is invented is not the writer's time, so it is made before.
                portions = list(_portions(rng, month, places, people))
                cpu = time.process_time()
                made = write_file(folder(), organisation.pk, month.code, portions)
                spent += time.process_time() - cpu
                written = (made.name, made.size)
            FactMonth.objects.create(
                organisation=organisation, month=month.code, file=written[0], size=written[1],
                facts=people * len(ITEMS), responses=people, made_of=0, written_at=AT,
            )  # fmt: skip
    wall = time.perf_counter() - began
    if spent:
        print(f"written by the product: {answers / spent:,.0f} answers a CPU second")
    print(f"made in {wall:.0f} s")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory while writing {most:,.0f} MB")


def _organisation(slug: str) -> tuple[Organisation, list[int]]:
    organisation = add_organisation(
        name=slug, slug=slug, country="US", jurisdiction="us-hospital", zone="America/Chicago",
        languages=["en"], at=AT,
    )  # fmt: skip
    site = add_site(organisation, name=slug, by=Actor.system(organisation.pk, "bench"), at=AT)
    places = Place.objects.bulk_create(
        Place(
            organisation=organisation, site=site, name=f"Ward {n}", code=f"{slug}{n}", kind="ward"
        )
        for n in range(PLACES)
    )
    FactStore.objects.create(organisation=organisation, since=AT)
    return organisation, [place.pk for place in places]


def _portions(
    rng: np.random.Generator, month: Month, places: list[int], people: int
) -> Iterator[Portion]:
    for start in range(0, people, AT_ONCE):
        n = min(AT_ONCE, people - start)
        where = (rng.random(n) ** 2 * PLACES).astype(int)
        days = rng.integers(0, 28, n)
        said = [rng.integers(0, len(values), n) for values in GROUPS.values()]
        names = list(GROUPS.values())
        who = [
            (places[where[i]], start + i, 1, month.code, month.first_day + timedelta(int(days[i])),
             *(names[g][said[g][i]] for g in range(len(names))))
            for i in range(n)
        ]  # fmt: skip
        owner = np.repeat(np.arange(n), len(ITEMS)).tolist()
        yield Portion(who, owner, ITEMS * n, rng.integers(1, 5, n * len(ITEMS)).tolist())


def _by_duckdb(
    organisation_id: int, month: Month, places: list[int], people: int
) -> tuple[str, int]:
    """The same, invented by DuckDB: columns, order, row groups and packing as the writer's."""
    name = f"{organisation_id}/{month.code}-{'0' * 16}.parquet"
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    groups = ", ".join(
        f"{[*values]}[1 + floor(random() * {len(values)})::int] AS {column}"
        for column, values in GROUPS.items()
    )
    duckdb.sql("SET threads = 2")
    duckdb.sql(f"""COPY (
        WITH people AS MATERIALIZED (SELECT {min(places)} + floor(pow(random(), 2) * {PLACES})::bigint
            AS place_id, n AS response_id, DATE '{month.first_day}' + floor(random() * 28)::int AS day,
            {groups} FROM range({people}) AS rows(n))
        SELECT {organisation_id}::bigint AS organisation_id, place_id, response_id, item,
            1::smallint AS version, (1 + floor(random() * 4))::smallint AS value,
            {month.code}::integer AS month, day, mode, language, age_band, sex, ethnicity, payer
        FROM people, (SELECT unnest({ITEMS}) AS item) ORDER BY item, place_id, day
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 65536)""")
    return name, path.stat().st_size


Ask = Callable[[], dict[Any, Any]]


def _ours(files: dict[int, list[Path]]) -> dict[str, Ask]:
    """What the pages call, each with the figures they show."""
    second = list(files)[1]
    place = Place.objects.filter(organisation_id=second).order_by("pk")[NTH_PLACE].pk
    where = Where(places=frozenset({place}))

    def chart() -> dict[Any, Any]:
        table = tabulate(Slice(second, ITEM, EVERYTHING, ("month",), where))
        return {row.key[0]: row.counts.by_value for row in table.rows}

    def board() -> dict[Any, Any]:
        return {
            place: (ranked.compared.raw.n, round(ranked.compared.raw.estimate, 6))
            for organisation in files
            for place, ranked in board_of(organisation, [MEASURE], EVERYTHING)["clean"].items()
        }

    def sums() -> dict[Any, Any]:
        return {organisation: int(_cells(organisation).n.sum()) for organisation in files}

    return {CHART: chart, BOARD: board, MIXED: sums}


def _cells(organisation: int) -> Any:
    return count_cells(
        WantedItems(organisation, tuple(ITEMS), EVERYTHING, ("place_id", "value", *MIX))
    )


def _pages(files: dict[int, list[Path]]) -> None:
    """What a person waits for: one organisation's board of every measure, with its models."""
    second = list(files)[1]
    year = Period.ending(EVERYTHING.stop, 12)
    for name, period in (("four quarters", year), ("all 36 months", EVERYTHING)):
        cpu, wall = _timed(lambda period=period: board_of(second, MEASURES, period), rounds=3)
        print(
            f"board of one organisation, every measure adjusted for who answered, {name}: "
            f"{_told((cpu, wall))}"
        )


def _by_hand(files: dict[int, list[Path]], everything: list[Path]) -> dict[str, Ask]:
    own = duckdb.connect(":memory:", config={"threads": 2})
    own.execute("SET parquet_metadata_cache = true")
    mine = str([str(file) for file in files[list(files)[1]]])
    whole = str([str(file) for file in everything])

    def run(sql: str) -> list[Any]:
        return own.execute(sql).fetchall()

    def cells(sql: str) -> Any:
        return own.sql(sql).to_arrow_table()

    return _sql(run, cells, f"read_parquet({mine})", f"read_parquet({whole})", files)


def _sql(
    run: Callable[[str], list[Any]],
    cells: Callable[[str], Any],
    mine: str,
    whole: str,
    files: dict[int, list[Path]],
) -> dict[str, Ask]:
    second = list(files)[1]
    place = Place.objects.filter(organisation_id=second).order_by("pk")[NTH_PLACE].pk
    best = ", ".join(map(str, MEASURE.best))
    chart = f"""SELECT month, value, count(*) FROM {mine} WHERE organisation_id = {second} AND
        item = '{ITEM}' AND place_id = {place} GROUP BY 1, 2 ORDER BY 1, 2"""
    # The case-mix model is not SQL: the sums it is made from, and the rank of the plain share.
    board = f"""SELECT organisation_id, place_id, n, share, percent_rank() OVER (PARTITION BY
        organisation_id ORDER BY share) FROM (SELECT organisation_id, place_id, sum(n) AS n,
        100.0 * sum(CASE WHEN value IN ({best}) THEN n ELSE 0 END) / sum(n) AS share FROM (
        SELECT organisation_id, place_id, value, age_band, sex, language, count(*) AS n
        FROM {whole} WHERE item = '{ITEM}' GROUP BY 1, 2, 3, 4, 5, 6) AS mix
        GROUP BY 1, 2) AS places"""
    sums = f"""SELECT organisation_id, item, place_id, value, age_band, sex, language, count(*) AS n
        FROM {whole} GROUP BY 1, 2, 3, 4, 5, 6, 7"""

    def monthly() -> dict[Any, Any]:
        found: dict[Any, list[Any]] = {}
        for month, value, n in run(chart):
            found.setdefault(month, []).append((value, n))
        return {month: tuple(values) for month, values in found.items()}

    def places() -> dict[Any, Any]:
        return {row[1]: (int(row[2]), round(float(row[3]), 6)) for row in run(board)}

    return {CHART: monthly, BOARD: places, MIXED: lambda: _totals(cells(sums))}


def _totals(table: Any) -> dict[Any, Any]:
    if isinstance(table, list):
        organisations = np.array([row[0] for row in table])
        n = np.array([row[-1] for row in table])
    else:
        organisations, n = table["organisation_id"].to_numpy(), table["n"].to_numpy()
    return {int(each): int(n[organisations == each].sum()) for each in np.unique(organisations)}


def _pandas(files: dict[int, list[Path]], everything: list[Path]) -> dict[str, Ask]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = ["item", "age_band", "sex", "language"]
    columns = ["organisation_id", "place_id", "value", "month", *texts]
    table = pa.concat_tables(
        pq.read_table(file, columns=columns, read_dictionary=texts) for file in everything
    )
    frame = table.unify_dictionaries().to_pandas()
    print(f"pandas holds it in {frame.memory_usage(deep=True).sum() / 1e6:,.0f} MB")
    second = list(files)[1]
    place = Place.objects.filter(organisation_id=second).order_by("pk")[NTH_PLACE].pk

    def chart() -> dict[Any, Any]:
        some = frame[(frame.organisation_id == second) & (frame["item"] == ITEM)
                     & (frame.place_id == place)]  # fmt: skip
        found: dict[Any, list[Any]] = {}
        for (month, value), n in some.groupby(["month", "value"]).size().items():
            found.setdefault(month, []).append((value, n))
        return {month: tuple(values) for month, values in found.items()}

    def board() -> dict[Any, Any]:
        some = frame[frame["item"] == ITEM]
        best = some.value.isin(list(MEASURE.best))
        share = best.groupby([some.organisation_id, some.place_id]).agg(["size", "mean"])
        share["rank"] = share["mean"].groupby(level=0).rank(method="min")
        rows = zip(share.index, share["size"], share["mean"], strict=True)
        return {place: (int(n), round(100 * float(mean), 6)) for (_, place), n, mean in rows}

    def sums() -> dict[Any, Any]:
        by = ["organisation_id", "item", "place_id", "value", *MIX]
        sizes = frame.groupby(by, observed=True).size()
        return {int(org): int(n) for org, n in sizes.groupby(level=0).sum().items()}

    return {CHART: chart, BOARD: board, MIXED: sums}


def _postgres(url: str, files: dict[int, list[Path]], everything: list[Path]) -> dict[str, Ask]:
    import psycopg
    import pyarrow.parquet as pq

    own = psycopg.connect(url, autocommit=True)
    columns = [
        "organisation_id",
        "place_id",
        "item",
        "value",
        "month",
        "age_band",
        "sex",
        "language",
    ]
    own.execute("DROP TABLE IF EXISTS bench_facts")
    own.execute(
        "CREATE TABLE bench_facts (organisation_id bigint, place_id bigint, item varchar(80), value smallint,"
        " month integer, age_band varchar(16), sex varchar(24), language varchar(16))"
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
    print(
        f"PostgreSQL loaded and indexed in {time.perf_counter() - began:.0f} s (its CPU is not told)"
    )

    def run(sql: str) -> list[Any]:
        return own.execute(sql).fetchall()

    return _sql(run, run, "bench_facts", "bench_facts", files)


def _physical(everything: list[Path], answers: int) -> None:
    """How fast one column is read, beside how fast this machine moves memory."""
    block = np.ones(32_000_000, dtype=np.int64)
    target = np.empty_like(block)
    copied, _ = _timed(lambda: np.copyto(target, block), rounds=5)
    bandwidth = 2 * block.nbytes / copied / 1e9
    cpu, wall = _timed(
        lambda: engine.ask('SELECT sum(value), sum(place_id) FROM "facts"', everything, {})
    )
    print(
        f"memory moves at {bandwidth:.1f} GB/s a core; two columns (10 bytes an answer) are read, "
        f"unpacked and summed at {answers * 10 / cpu / 1e9:.2f} GB/s a core, "
        f"{answers / cpu / 1e6:,.0f} million answers a CPU second ({answers / wall / 1e6:,.0f} by the clock)"
    )


def _compared(mine: dict[Any, Any], theirs: dict[Any, Any]) -> str:
    """The product joins or withholds what fewer than ten people said; peers do not."""
    if mine == theirs:
        return "figures the same"
    same = sum(mine.get(key) == figure for key, figure in theirs.items())
    return f"{same} of {len(theirs)} figures the same, in the others small groups are withheld"


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
