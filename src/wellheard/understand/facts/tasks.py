"""The jobs that write facts in portions, so that no import holds the database for long."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from wellheard.understand.facts.actions import write_facts
from wellheard.understand.facts.store import keep_files, sweep_store


@task()
def write_facts_of(response_ids: list[int]) -> None:
    """Write the facts of one portion of an import."""
    write_facts(response_ids)


@task()
def keep_files_of(organisation_id: int) -> None:
    """Bring a large organisation's files up to its answers."""
    keep_files(organisation_id, at=timezone.now())


def sweep(now: datetime) -> None:
    """Every ten minutes: rewrite months that are behind, move what has grown large."""
    sweep_store(now)
