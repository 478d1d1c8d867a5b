"""Files from the scanner, read by a worker: two hundred pages take longer than a page may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django_tasks import task

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.sheets import reading
from wellheard.listen.sheets.actions import content_of_scan, keep_seen, look_through, new_scan
from wellheard.listen.sheets.models import ScanFile
from wellheard.listen.sheets.queries import sheets_of
from wellheard.listen.sheets.rules import thresholds
from wellheard.people.access.person import person_of


def bring_scan(
    content: bytes, *, name: str, came_at: datetime, by: Actor, at: datetime
) -> ScanFile:
    """Keep a file sealed and hand it to a worker in the same transaction.

    ``came_at``: when the paper came back. Raises reading.FileNotReadError for what is no scan at
    first sight.
    """
    reading.check_file(content, thresholds())
    with acting(by, at=at) as trail:
        scan = new_scan(name=name, came_at=came_at, content=content, by=by, at=at)
        trail.write("sheets.brought", scan)
        read_scan.enqueue(scan.pk)
    return scan


# Named a task here, not in tasks.py: bringing a file must be able to enqueue it.
@task()
def read_scan(scan_id: int) -> None:
    read_brought(scan_id, clock=timezone.now)


def read_brought(scan_id: int, *, clock: Callable[[], datetime]) -> None:
    """Read a file and keep what its pages say, as the person who brought it may; once, however
    often it is begun: whoever is second finds nothing left to read."""
    scan = ScanFile.objects.select_related("by").get(pk=scan_id)
    if not scan.content or scan.by is None:
        return
    by = Actor("staff", str(scan.by.pk), scan.organisation_id, scan.by.name)
    refused, seen = "", []
    try:
        sheets = sheets_of(person_of(scan.by, now=clock()))
        seen = look_through(content_of_scan(scan), sheets)
    except reading.FileNotReadError as error:
        refused = error.why
    at = clock()
    with acting(by, at=at) as trail:
        held = ScanFile.objects.select_for_update(of=("self",)).get(pk=scan_id)
        if not held.content:
            return
        held.content, held.refused = b"", refused
        held.save(update_fields=["content", "refused"])
        if refused:
            trail.write("sheets.scan_refused", held, why=refused)
            return
        keep_seen(held, seen, by=by, at=at)
