"""Verifying the audit trail from the console."""

from __future__ import annotations

import json
import sys

import click

from wellheard.config.commands.bootstrap import ready


@click.group()
def audit() -> None:
    """Verify the audit trail of writes and reads."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def verify(as_json: bool) -> None:
    """Walk every chain; name the first broken row. Exit 1 when one is broken."""
    ready()
    from wellheard.base.audit.queries import verify_all

    verdicts = verify_all()
    if as_json:
        click.echo(json.dumps([_as_dict(one) for one in verdicts]))
    else:
        for one in verdicts:
            click.echo(_line(one))
        if not verdicts:
            click.echo("The trail is empty.")
    if any(one.broken for one in verdicts):
        sys.exit(1)


def _as_dict(verdict: object) -> dict[str, object]:
    broken = verdict.broken  # type: ignore[attr-defined]  # a Verdict; imported lazily
    return {
        "organisation": verdict.organisation_id,  # type: ignore[attr-defined]
        "rows": verdict.rows,  # type: ignore[attr-defined]
        "ok": broken is None,
        "first_broken_row": broken.sequence if broken else None,
        "why": broken.why if broken else None,
    }


def _line(verdict: object) -> str:
    facts = _as_dict(verdict)
    if facts["ok"]:
        return f"Organisation {facts['organisation']}: {facts['rows']} rows, unbroken."
    return (
        f"Organisation {facts['organisation']}: BROKEN at row {facts['first_broken_row']}: "
        f"{facts['why']}."
    )
