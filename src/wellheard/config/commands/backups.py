"""Backup and restore from the console."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wellheard.config.commands.bootstrap import ready


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write. Default: WELLHEARD_HOME/backups."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def backup(out: Path | None, as_json: bool) -> None:
    """Write one encrypted file with everything, while pages and worker go on."""
    ready()
    from django.conf import settings
    from django.utils import timezone

    from wellheard.config.backups import archive, snapshot

    now = timezone.now()
    target = out or Path(settings.HOME) / "backups" / f"wellheard-{now:%Y%m%d-%H%M%S}.backup"
    try:
        result = archive.make(target, now=now)
    except snapshot.NeedsTool as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps({"file": str(target), "bytes": result.size, "rows": result.rows}))
        return
    click.echo(f"{target}: {result.total} rows, {result.size // 1000} kB.")
    click.echo("Keep keys/master.key in another place: nobody can open a backup without it.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the data that are here now.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def restore(file: Path, replace: bool, as_json: bool) -> None:
    """Bring a backup back and prove it: row counts and the audit trail. Stop the pages first."""
    ready()
    from wellheard.config.backups import archive, sealed, snapshot

    _refuse_to_overwrite(replace)
    try:
        result = archive.bring_back(file)
    except (sealed.BadBackup, snapshot.NeedsTool) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps({"taken_at": result.taken_at, "rows": result.rows}))
    else:
        click.echo(f"Restored {result.total} rows as of {result.taken_at}; the trail is unbroken.")


def _refuse_to_overwrite(replace: bool) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if replace or "people_organisation" not in tables:
        return
    from wellheard.people.places.models import Organisation

    if Organisation.objects.exists():
        raise click.ClickException("there are data here; say --replace to put the backup over them")
