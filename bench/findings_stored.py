"""`wellheard findings` over a million stored responses: time and memory, reading included.

    python bench/findings_stored.py [--rows 1000000] [--home /tmp/wellheard-bench-stored] [--again]

Puts invented responses (30 places, 24 months, 10 questions, one place that fell) into an empty
database, then asks in a process of its own, so that making them counts neither time nor memory.
``--again`` asks what is there already.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
parser.add_argument("--rows", type=int, default=1_000_000)
parser.add_argument("--home", default="/tmp/wellheard-bench-stored", help="emptied first")
parser.add_argument("--again", action="store_true")
options = parser.parse_args()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
os.environ.setdefault("WELLHEARD_MODE", "test")
os.environ["WELLHEARD_HOME"] = options.home
AT = datetime(2025, 9, 1, tzinfo=UTC)
AT_ONCE = 20_000


def make() -> None:
    import django

    django.setup()
    from wellheard.base.audit.actor import Actor
    from wellheard.base.tables.making import make_database
    from wellheard.people.places.actions import add_organisation, add_place, add_site

    make_database()
    home = add_organisation(
        name="Bench", slug="bench", country="US", jurisdiction="us-hospital", zone="UTC",
        languages=["en"], at=AT,
    )  # fmt: skip
    by = Actor.system(home.pk, "bench")
    sites = [add_site(home, name=f"House {n + 1}", by=by, at=AT) for n in range(3)]
    places = [
        add_place(sites[n % 3], name=f"Unit {n + 1}", kind="ward", by=by, at=AT) for n in range(30)
    ]
    keep(home, places)


def keep(home: Any, places: list[Any]) -> None:
    from wellheard.listen.responses.models import Response
    from wellheard.understand.findings.tests.hospitals import Plan, Truth, draw

    truth = Truth("shift", place=4, month=15, size=-0.3)
    answers = draw(
        Plan(seed=5, places=30, sites=3, months=24, responses=options.rows, truths=(truth,))
    )
    items = {code.removeprefix("pulse."): values.tolist() for code, values in answers.items.items()}
    groups = {name: (codes.tolist(), values) for name, (codes, values) in answers.groups.items()}
    day, hour, place, mode = (
        column.tolist() for column in (answers.day, answers.hour, answers.place, answers.mode)
    )

    def row(at: int) -> Response:
        moment = datetime(1970, 1, 1, hour[at], 15, tzinfo=UTC) + timedelta(days=day[at])
        where = places[place[at]]
        return Response(
            organisation_id=home.pk, site_id=where.site_id, place_id=where.pk, instrument="pulse",
            version=1, received_at=moment, recorded_at=moment, mode=answers.modes[mode[at]],
            answers={code: values[at] for code, values in items.items() if values[at] >= 0},
            **{name: values[codes[at]] for name, (codes, values) in groups.items()},
        )  # fmt: skip

    rows = (row(at) for at in range(answers.n))
    while part := list(islice(rows, AT_ONCE)):
        Response.objects.bulk_create(part, batch_size=500)


def ask() -> None:
    import django

    django.setup()
    from wellheard.people.places.models import Organisation
    from wellheard.understand.findings import answers as reading
    from wellheard.understand.findings.queries import look

    home = Organisation.objects.get()
    began, spent = time.perf_counter(), time.process_time()
    newest = reading.newest_day(home)
    assert newest is not None
    columns = reading.read_answers(home, until=newest, months=36)
    print(f"reading alone: {columns.n:,} answers, {time.process_time() - spent:.1f} s CPU")
    del columns
    spent, began = time.process_time(), time.perf_counter()
    found = look(home.pk, until=None).found
    cpu, wall = time.process_time() - spent, time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"everything: {cpu:.1f} s CPU, {wall:.1f} s by the clock, largest memory {memory:,.0f} MB"
    )
    for each in found:
        print("  ", each.sentence)


if __name__ == "__main__":
    if os.environ.get("BENCH_ASK"):
        ask()
    else:
        if not options.again:
            shutil.rmtree(options.home, ignore_errors=True)
            make()
        subprocess.run(
            [sys.executable, *sys.argv], check=True, env={**os.environ, "BENCH_ASK": "1"}
        )
