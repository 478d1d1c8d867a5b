# ruff: noqa: E402
"""`wellheard import responses` of a large file, and the facts of it: CPU seconds and memory.

    python bench/responses.py [--rows 1000000] [--home /tmp/wellheard-bench-responses] [--profile]

Invents a file of 23 columns (11 of them answers, every seventh row with a comment), imports it into
an empty database with the console's own command, and writes the facts as the worker would.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import os
import pstats
import random
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--rows", type=int, default=1_000_000)
parser.add_argument("--home", default="/tmp/wellheard-bench-responses", help="emptied first")
parser.add_argument("--faulty", action="store_true", help="put three faults in; all is refused")
parser.add_argument("--profile", action="store_true")
options = parser.parse_args()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
os.environ.setdefault("WELLHEARD_MODE", "test")
os.environ["WELLHEARD_HOME"] = options.home

import django

django.setup()

from wellheard.base.tables.making import make_database
from wellheard.interop.commands import import_
from wellheard.people.places.actions import add_organisation
from wellheard.understand.facts.models import FactMonth
from wellheard.understand.facts.store import keep_files

SAID = "the nurse came late but she was kind and explained everything twice to my mother"
WORDS = SAID.split(" ")
AT = datetime(2026, 1, 2, tzinfo=UTC)


def main() -> None:
    shutil.rmtree(options.home, ignore_errors=True)
    make_database()
    home = add_organisation(
        name="Bench", slug="bench", country="US", jurisdiction="us-hospital",
        zone="America/Chicago", languages=["en"], at=AT,
    )  # fmt: skip
    file = Path(options.home) / "responses.csv"
    invent(file)
    print(
        f"{options.rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB, load {os.getloadavg()[0]:.1f}"
    )
    with told("import"):
        import_.main(["responses", str(file)], standalone_mode=False)
    with told("facts"):
        keep_files(home.pk, at=AT)
    facts = sum(FactMonth.objects.values_list("facts", flat=True))
    print(f"{facts:,} facts in {FactMonth.objects.count()} files")


def invent(path: Path) -> None:
    rng = random.Random(3)
    codes = ["rating", "recommend", "nurse_listen", "nurse_explain", "doctor_listen", "help_soon",
             "clean", "quiet", "wait_told", "medicine_told", "respect"]  # fmt: skip
    with path.open("w", newline="") as out:
        write = csv.writer(out).writerow
        write(["response_id", "received_at", "site", "place", "instrument", "mode", "language",
               "age_band", "sex", "ethnicity", "payer", *codes, "comment"])  # fmt: skip
        first = datetime(2023, 1, 1, tzinfo=UTC)
        for n in range(options.rows):
            moment = first + timedelta(seconds=rng.randrange(3 * 365 * 86_400))
            site = rng.randrange(4)
            answers = [
                rng.randint(0, 10),
                rng.randint(0, 10),
                *(rng.randint(1, 4) for _ in codes[2:]),
            ]
            if options.faulty and n in (77, options.rows // 2, options.rows - 3):
                answers[0] = 99
            comment = " ".join(rng.choices(WORDS, k=12)) if n % 7 == 0 else ""
            write([
                f"R{n:07d}", moment.isoformat(" ")[:19], f"Site {site}", f"Ward {site}-{rng.randrange(30)}",
                "pulse", rng.choice(["web", "paper", "sms"]), rng.choice(["en", "en", "es", "ar"]),
                rng.choice(["18-34", "35-49", "50-64", "65-74", "75+", ""]), rng.choice("fm"),
                rng.choice(["A", "B", "C", ""]), rng.choice(["Medicare", "Private", "Medicaid"]),
                *answers, comment,
            ])  # fmt: skip


@contextmanager
def told(name: str) -> Iterator[None]:
    profile = cProfile.Profile()
    began, spent = time.perf_counter(), time.process_time()
    if options.profile:
        profile.enable()
    yield
    if options.profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    cpu, wall = time.process_time() - spent, time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name}: {cpu:.1f} s CPU ({cpu / options.rows * 1e6:.0f} us a row), {wall:.1f} s by the "
        f"clock at load {os.getloadavg()[0]:.1f}; largest memory {memory:,.0f} MB"
    )


if __name__ == "__main__":
    main()
