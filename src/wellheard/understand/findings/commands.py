"""Asking on the console: ``wellheard findings``."""

from __future__ import annotations

import json
from datetime import datetime

import click

from wellheard.people.places.console import chosen_organisation


@click.command()
@click.option(
    "--until",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Look at nothing after this day (default: the day of the newest answer).",
)
@click.option("--all", "everything", is_flag=True, help="All that was found, not only the first.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--organisation", default="", help="Its short name, when there are several.")
def findings(until: datetime | None, everything: bool, as_json: bool, organisation: str) -> None:
    """The few things that matter now, the most important first, each in one sentence.

    Everything that was answered and said is searched: changes and slow trends of places, gaps
    between groups, what drives the rating, rising themes, silences, trouble behind good scores,
    bad times of the week. What chance explains is not told.
    """
    home = chosen_organisation(organisation)
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.understand.findings.actions import read_what_waits
    from wellheard.understand.findings.queries import all_findings
    from wellheard.understand.findings.rules import finding_policy

    read_what_waits(home.pk, by=Actor.system(home.pk, "console"), at=timezone.now())
    found = all_findings(home.pk, until=until.date() if until else None)
    shown = found if everything else found[: finding_policy().most_shown]
    if as_json:
        click.echo(json.dumps([each.as_dict() for each in shown], ensure_ascii=False, indent=1))
        return
    for number, each in enumerate(shown, start=1):
        click.echo(f"{number:2}. {each.sentence}")
    if not shown:
        click.echo(
            "Nothing stands out: what varies is within what chance explains, or there are too few "
            "answers to tell."
        )
