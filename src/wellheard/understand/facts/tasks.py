"""The jobs that write facts in portions, so that no import holds the database for long."""

from __future__ import annotations

from django_tasks import task

from wellheard.understand.facts.actions import write_facts


@task()
def write_facts_of(response_ids: list[int]) -> None:
    """Write the facts of one portion of an import."""
    write_facts(response_ids)
