"""The database: making it, and one's own organisation in it."""

from __future__ import annotations

import sys

import click

from wellheard.config.commands.bootstrap import ready


@click.command()
@click.option("--check", is_flag=True, help="Only say whether something is to be done (exit 1).")
def migrate(check: bool) -> None:
    """Make the database, or bring it up to this version. Safe to run again."""
    ready()
    if check:
        from django.core.management import call_command

        call_command("migrate", check_unapplied=True, verbosity=0)
    else:
        from wellheard.base.tables.making import make_database

        make_database()
        click.echo("The database is up to date.")


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def django(arguments: tuple[str, ...]) -> None:
    """Run a Django management command (for developers and administrators)."""
    ready()
    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], *arguments])


@click.command()
@click.option("--name", required=True, help="The organisation's name.")
@click.option("--country", default="US", show_default=True, help="Two letters.")
@click.option(
    "--jurisdiction",
    default="us-hospital",
    show_default=True,
    type=click.Choice(["us-hospital", "england"]),
    help="Which complaint rules apply.",
)
@click.option("--zone", default="America/New_York", show_default=True, help="Time zone.")
def setup(name: str, country: str, jurisdiction: str, zone: str) -> None:
    """Create your organisation in a fresh database."""
    ready()
    from django.utils import timezone
    from django.utils.text import slugify

    from wellheard.people.places.actions import add_organisation

    organisation = add_organisation(
        name=name,
        slug=slugify(name),
        country=country,
        jurisdiction=jurisdiction,
        zone=zone,
        languages=["en", "es", "ar"],
        at=timezone.now(),
    )
    click.echo(f"{organisation.name} is ready. Next: wellheard staff create-admin")
