"""A process of its own that writes files of facts until it is killed; for test_killed.

Told by lines on its standard input: "write" forks a writer and prints its pid; "check" prints
what is counted from files, what is counted by hand, and whether every file that is named is whole;
"change" corrects an answer of the month.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def main() -> None:
    """Make a database, then do as told."""
    import django

    django.setup()
    from wellheard.base.tables.making import make_database

    make_database()
    organisation = _fill()
    print("ready", flush=True)
    for line in sys.stdin:
        told = {"write": _fork, "check": _check, "change": _change}[line.strip()](organisation)
        print(json.dumps(told), flush=True)


def _fill() -> Any:
    from uuid import uuid4

    from wellheard.base.audit.actor import Actor
    from wellheard.listen.responses.actions import receive_responses
    from wellheard.people.places.actions import add_organisation, add_place, add_site
    from wellheard.understand.facts.store import move_to_files
    from wellheard.understand.facts.tests.factory import spread

    organisation = add_organisation(
        name="Elm", slug="elm", country="US", jurisdiction="us-hospital", zone="America/Chicago",
        languages=["en"], at=AT,
    )  # fmt: skip
    by = Actor.system(organisation.pk, "test")
    site = add_site(organisation, name="Elm", by=by, at=AT)
    places = [add_place(site, name=name, kind="ward", by=by, at=AT) for name in "AB"]
    rows = list(spread(organisation, places, 400))
    receive_responses(rows, organisation=organisation, batch=uuid4(), by=by, at=AT)
    move_to_files(organisation, at=AT)
    return organisation


def _fork(organisation: Any) -> int:
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    from wellheard.understand.facts.store import rebuild_files

    while True:
        rebuild_files(organisation, at=AT)


def _check(organisation: Any) -> dict[str, Any]:
    from collections import Counter

    from wellheard.listen.responses.models import Response
    from wellheard.understand.facts.models import FactMonth
    from wellheard.understand.facts.slices import Month, Period
    from wellheard.understand.facts.sources import Wanted, count_facts, current_files, folder

    period = Period(Month(2025, 10), Month(2026, 10))
    counted: Counter[int] = Counter()
    for (value,), n in count_facts(Wanted(organisation.pk, "pulse.quiet", period, ("value",))):
        counted[value] += n
    answers = Response.objects.filter(instrument="pulse").values_list("answers", flat=True)
    by_hand = Counter(a["quiet"] for a in answers if type(a.get("quiet")) is int)
    named = dict(FactMonth.objects.values_list("file", "size"))
    return {
        "counted": sorted(counted.items()),
        "by_hand": sorted(by_hand.items()),
        "whole": all((folder() / name).stat().st_size == size for name, size in named.items()),
        "current": len(current_files(organisation.pk, [m.code for m in period.months])),
    }


def _change(organisation: Any) -> int:
    from wellheard.base.audit.actor import Actor
    from wellheard.listen.responses.actions import correct_answers
    from wellheard.listen.responses.models import Response

    response = Response.objects.filter(instrument="pulse").order_by("?").first()
    assert response is not None
    by = Actor.system(organisation.pk, "test")
    correct_answers(response, {"quiet": 4}, by=by, at=AT)
    return response.pk


if __name__ == "__main__":
    main()
