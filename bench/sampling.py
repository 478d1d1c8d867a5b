"""How fast a sample is drawn and invitations are queued: ``python bench/sampling.py``.

A month with a million discharges (``--visits``) in a database that is thrown away; a stratified
draw over the whole of it; a hundred thousand people (``--invitations``) drawn, and the first
message of each queued with its own single-use link; a file of visits (``--rows``) of which three
in a hundred have a telephone number that cannot be read. CPU time is what counts on a shared
machine; wall time is given beside it. The floor is the time the database alone needs to read the
month's rows, and the time its own bulk insert of one table of so many rows takes.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

NOW = datetime(2026, 3, 4, 20, 30, tzinfo=UTC)
FEBRUARY = date(2026, 2, 1)


def timed(run: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    wall, processor = time.perf_counter(), time.process_time()
    result = run()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {"cpu_s": round(processor, 2), "wall_s": round(wall, 2)}, result


def hospital() -> tuple[Any, list[Any], Any]:
    from wellheard.base.audit.actor import Actor
    from wellheard.people.places.actions import add_organisation, add_place, add_site

    home = add_organisation(
        name="Bench",
        slug="bench",
        country="US",
        jurisdiction="us-hospital",
        zone="America/Chicago",
        languages=["en", "es", "ar"],
        at=NOW,
    )
    by = Actor.system(home.pk, "bench")
    site = add_site(home, name="Bench", by=by, at=NOW)
    places = [add_place(site, name=f"Ward {n}", kind="ward", by=by, at=NOW) for n in range(20)]
    return home, places, by


def fill(home: Any, places: list[Any], by: Any, count: int, *, contacts: bool, start: int) -> None:
    from wellheard.people.patients.bulk import Newcomer
    from wellheard.people.visits.actions import NewVisit, receive_visits

    for first in range(start, start + count, 100_000):
        rows = []
        for n in range(first, min(first + 100_000, start + count)):
            ended = datetime(2026, 2, 1 + n % 27, 18, tzinfo=UTC)
            person = Newcomer()
            if contacts:
                person = Newcomer(f"{n:064d}", f"Ann {n}", f"p{n}@example.org", "", "en")
            rows.append(
                NewVisit(
                    place_id=places[n % len(places)].pk,
                    kind="inpatient" if n % 10 else "emergency",
                    status="finished",
                    person=person,
                    external_id=f"V{n}",
                    household=f"{n // 2:064d}" if n % 5 == 0 else f"{n:064x}",
                    arrived_at=ended - timedelta(days=3),
                    ended_at=ended,
                    nights=3,
                    age=12 + n % 80,
                    age_band="50-64",
                    service_line="medical",
                    discharge_to="home" if n % 20 else "hospice",
                    language=("en", "en", "en", "es", "ar")[n % 5],
                )
            )
        receive_visits(rows, organisation=home, batch=uuid.uuid4(), by=by, at=NOW)


def plan_of(home: Any, by: Any, size: int, **fields: Any) -> Any:
    from wellheard.listen.sampling.actions import NewPlan, decide_plan, propose_plan

    new = NewPlan(
        **{
            "name": "Bench",
            "instrument": "pulse",
            "eligibility": "hcahps-like",
            "sequence": "web-text-paper-phone",
            "size": size,
        }
        | fields
    )
    plan = propose_plan(new, by=by, at=NOW)
    decide_plan(plan, "approved", by=_other(by), at=NOW)
    return plan


def _other(by: Any) -> Any:
    """Somebody else than the console: a plan of the console has no proposer."""
    from wellheard.base.audit.actor import Actor
    from wellheard.people.staff.models import User

    user, _ = User.objects.get_or_create(
        email="second@example.org",
        defaults={"name": "Second", "organisation_id": by.organisation_id},
    )
    return Actor("staff", str(user.pk), by.organisation_id, "Second")


def drawing(home: Any, places: list[Any], by: Any, visits: int) -> dict[str, Any]:
    from wellheard.listen.sampling.actions import draw_wave
    from wellheard.people.visits.models import Visit

    filling, _ = timed(lambda: fill(home, places, by, visits, contacts=False, start=0))
    plan = plan_of(home, by, 2000, method="disproportional", stratum="place", least=50)
    columns = ("pk", "patient_id", "person_key", "household", "place_id")
    floor, _ = timed(lambda: list(Visit.objects.values_list(*columns)))
    drawn, wave = timed(lambda: draw_wave(plan, FEBRUARY, by=by, at=NOW))
    return {
        "visits": visits,
        "keeping_them": filling,
        "draw": drawn,
        "floor_reading_the_rows": floor,
        "frame": wave.frame,
        "eligible": wave.eligible,
        "homes": wave.homes,
        "drawn": wave.members.count(),
    }


def queueing(home: Any, places: list[Any], by: Any, count: int) -> dict[str, Any]:
    from django.db import transaction

    from wellheard.base.tables.bulk import insert_rows
    from wellheard.channels.outbox.models import Message
    from wellheard.listen.sampling.actions import draw_wave
    from wellheard.listen.sampling.asking import ask_due
    from wellheard.people.visits.models import VisitCount

    start = 10_000_000
    fill(home, places, by, int(count * 1.7), contacts=True, start=start)
    plan = plan_of(home, by, count, name="All", eligibility="house-everybody")
    drawn, wave = timed(lambda: draw_wave(plan, FEBRUARY, by=by, at=NOW))
    before = Message.objects.count()
    queued, _ = timed(lambda: ask_due(home, at=NOW + timedelta(days=2)))

    def floor() -> None:
        with transaction.atomic():
            row = {"organisation_id": home.pk, "place_id": places[0].pk, "visits": 1}
            insert_rows(
                VisitCount,
                [
                    row | {"month": FEBRUARY, "group": "bench", "value": str(n)}
                    for n in range(count)
                ],
            )

    least, _ = timed(floor)
    asked = Message.objects.count() - before
    return {
        "drawn": wave.members.count(),
        "drawing_with_links_and_first_steps": drawn,
        "queued": asked,
        "queueing": queued,
        "queue_cpu_ms_each": round(1000 * queued["cpu_s"] / max(asked, 1), 3),
        "floor_inserting_one_plain_table": least,
    }


def importing(home: Any, by: Any, rows: int) -> dict[str, Any]:
    from wellheard.interop.csvfiles.actions import FileFacts
    from wellheard.interop.csvfiles.codec import read_table
    from wellheard.interop.csvfiles.rules import guess_layout
    from wellheard.interop.csvfiles.visits import import_visits

    head = "visit_id,place,kind,arrived_at,ended_at,language,age,patient_id,name,phone,address\n"
    lines = (
        f"I{n},Ward {n % 20},inpatient,2026-01-0{1 + n % 5},2026-01-1{n % 9},en,{20 + n % 60},"
        f"M{n},Ann {n},{'555' if n % 100 < 3 else f'(312) 5{n % 100:02}-{n % 10000:04}'},"
        f"{n} Mill Lane\n"
        for n in range(rows)
    )
    data = (head + "".join(lines)).encode()

    def take() -> Any:
        table = read_table(data)
        layout = guess_layout("visits", table.header)
        return import_visits(
            table, layout, FileFacts.of("v.csv", data), organisation=home, by=by, at=NOW
        )

    took, done = timed(take)
    return {
        "rows": rows,
        "megabytes": round(len(data) / 1e6, 1),
        "import": took,
        "cpu_ms_each": round(1000 * took["cpu_s"] / rows, 3),
        "kept": done.imported,
        "told_by_line": len(done.remarks),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--invitations", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=500_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wellheard-bench-") as folder:
        os.environ |= {"WELLHEARD_MODE": "test", "WELLHEARD_HOME": folder}
        os.environ["DJANGO_SETTINGS_MODULE"] = "wellheard.config.settings"
        import django

        django.setup()
        from wellheard.base.tables.making import make_database

        make_database()
        home, places, by = hospital()
        print(json.dumps({"load": os.getloadavg(), "processors": os.cpu_count()}))
        if chosen.visits:
            print(json.dumps({"drawing": drawing(home, places, by, chosen.visits)}), flush=True)
        if chosen.invitations:
            told = queueing(home, places, by, chosen.invitations)
            print(json.dumps({"queueing": told}), flush=True)
        if chosen.rows:
            print(json.dumps({"importing": importing(home, by, chosen.rows)}), flush=True)


if __name__ == "__main__":
    main()
