"""Scanning a quarter on the console: ``wellheard expectations``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import click

from wellheard.people.places.console import chosen_organisation

if TYPE_CHECKING:
    from wellheard.understand.facts.slices import Month

_QUARTER = re.compile(r"^(\d{4})-?[qQ]([1-4])$")


@click.command()
@click.option("--quarter", help="For example 2026-Q3 (default: the last one that is over).")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--organisation", default="", help="Its short name, when there are several.")
def expectations(quarter: str | None, as_json: bool, organisation: str) -> None:
    """Scan a quarter: new themes, emerging words, tools that people ask for.

    The quarter is held against the four before it; what chance explains is not told. The scan is
    kept and stands on the page of expectations.
    """
    home = chosen_organisation(organisation)
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.understand.expectations.actions import scan_quarter
    from wellheard.understand.expectations.presenters import find_name
    from wellheard.understand.expectations.queries import last_quarter

    now = timezone.now()
    wanted = _month(quarter) if quarter else last_quarter(now)
    try:
        scan = scan_quarter(wanted, by=Actor.system(home.pk, "console"), at=now)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    finds = list(scan.finds.all())
    if as_json:
        told = [
            {
                "kind": f.kind,
                "name": find_name(f),
                "comments": f.count,
                "before": f.before,
                "p": f.p,
            }
            for f in finds
        ]
        head = {"quarter": scan.quarter, "comments": scan.comments, "before": scan.before}
        click.echo(json.dumps({**head, "finds": told}, ensure_ascii=False, indent=1))
        return
    click.echo(f"{scan.comments} comments against {scan.before} of the year before.")
    for find in finds:
        click.echo(f"{find.kind:6} {find_name(find)}: {find.count}, before {find.before}")
    if not finds:
        click.echo("Nothing is new: what varies is within what chance explains.")


def _month(text: str) -> Month:
    from wellheard.understand.facts.slices import Month

    found = _QUARTER.match(text)
    if found is None:
        raise click.UsageError("--quarter: write it like 2026-Q3")
    return Month(int(found[1]), 3 * int(found[2]) - 2)
