"""How fast messages are queued and sent: ``python bench/outbox.py [--messages 10000]``.

Every message goes the whole way: queued in a transaction of its own, swept, taken as a job, weighed
on fresh rows (consent, stops, hours, caps), written as a file, noted. On SQLite in a folder that
is thrown away, or on the empty database that WELLHEARD_DATABASE_URL names. CPU time is what
counts on a shared machine; wall time is given beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

NOON = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)


def timed(count: int, run: Callable[[], object]) -> dict[str, float]:
    wall, processor = time.perf_counter(), time.process_time()
    run()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {
        "cpu_ms_each": round(1000 * processor / count, 2),
        "wall_ms_each": round(1000 * wall / count, 2),
        "per_second": round(count / wall, 1),
    }


def make_patients(count: int) -> tuple[Any, list[Any]]:
    """An organisation and patients with a telephone who agreed to answers."""
    from wellheard.people.consent.models import ConsentEntry
    from wellheard.people.patients.models import ContactPoint, Patient
    from wellheard.people.patients.queries import contact_digest
    from wellheard.people.places.actions import add_organisation

    home = add_organisation(
        name="Bench",
        slug="bench",
        country="US",
        jurisdiction="us-hospital",
        zone="America/Chicago",
        languages=["en"],
        at=NOON,
    )
    patients = Patient.objects.bulk_create(
        Patient(
            organisation=home,
            reference=f"P-{number:07d}",
            name=f"Patient {number}",
            language="en",
            zone="America/Chicago",
            known_since=NOON,
        )
        for number in range(count)
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(
            organisation=home,
            patient=patient,
            kind="sms",
            value=f"+1312{number:07d}",
            value_digest=contact_digest(f"+1312{number:07d}"),
            added_at=NOON,
        )
        for number, patient in enumerate(patients)
    )
    ConsentEntry.objects.bulk_create(
        ConsentEntry(
            organisation=home,
            patient=patient,
            channel="sms",
            purpose="reply",
            given=True,
            wording="bench",
            source="bench",
            by_kind="system",
            by_ref="bench",
            at=NOON,
        )
        for patient in patients
    )
    return home, patients


def queue_all(home: Any, patients: list[Any]) -> None:
    from wellheard.base.audit.actor import Actor
    from wellheard.channels.outbox.actions import queue_message

    by = Actor.system(home.pk, "bench")
    for patient in patients:
        queue_message(
            patient_id=patient.pk,
            template="note",
            version=1,
            subject="We read it",
            body="We read what you told us and we are looking into it.",
            purpose="reply",
            key=f"bench-{patient.pk}",
            by=by,
            at=NOON,
        )


def send_all() -> None:
    from wellheard.channels.outbox.models import Message
    from wellheard.channels.outbox.sending import send_one

    for message_id in Message.objects.order_by("pk").values_list("pk", flat=True):
        send_one(message_id, clock=lambda: NOON)


def sweep_all() -> None:
    from wellheard.channels.outbox.tasks import sweep

    sweep(NOON)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    count = parser.parse_args().messages
    with tempfile.TemporaryDirectory(prefix="wellheard-bench-") as folder:
        os.environ |= {
            "WELLHEARD_HOME": folder,
            "WELLHEARD_MODE": "demonstration",
            "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
        }
        import django

        django.setup()
        from django.db import connection

        from wellheard.base.tables.making import make_database
        from wellheard.channels.outbox.models import Message, MessageAttempt

        make_database()
        home, patients = make_patients(count)
        result = {
            "database": connection.vendor,
            "messages": count,
            "load": [round(value, 1) for value in os.getloadavg()],
            "queue": timed(count, lambda: queue_all(home, patients)),
        }
        Message.objects.update(handed_until=None)
        result["sweep of 500"] = timed(500, sweep_all)
        result["send"] = timed(count, send_all)
        result["sent"] = MessageAttempt.objects.filter(outcome="accepted").count()
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
