"""The console command: ``wellheard``. Each command loads only what it needs."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

# name -> (module, attribute, one line for --help); the module is imported when the command runs
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("wellheard.config.commands.demo", "demo", "Start the demonstration hospital."),
    "serve": ("wellheard.config.commands.serve", "serve", "Serve the pages."),
    "worker": ("wellheard.config.commands.serve", "worker", "Do the work behind the pages."),
    "migrate": ("wellheard.config.commands.data", "migrate", "Make or update the database."),
    "setup": ("wellheard.config.commands.data", "setup", "Create your organisation."),
    "import": ("wellheard.interop.commands", "import_", "Read files: comments, visits, costs ..."),
    "sample": ("wellheard.listen.sampling.commands", "sample", "Plans, draws and waves."),
    "label": ("wellheard.measures.text.commands", "label", "Add themes and urgency to a CSV."),
    "train-comments": (
        "wellheard.measures.text.commands",
        "train_comments",
        "Train the comment engine from labelled CSV.",
    ),
    "train-readmission": (
        "wellheard.measures.risk.commands",
        "train_readmission",
        "Train the readmission model and print its card.",
    ),
    "predict": ("wellheard.measures.risk.commands", "predict", "Predictions for a file's rows."),
    "themes": (
        "wellheard.understand.themes.commands",
        "themes",
        "Teach themes, retrain, measure the reading here.",
    ),
    "measures": ("wellheard.measures.commands", "measures", "Statistics on the command line."),
    "peers": ("wellheard.understand.peers.commands", "peers", "Exchange signed packs of figures."),
    "findings": (
        "wellheard.understand.findings.commands",
        "findings",
        "The few things that matter now.",
    ),
    "expectations": (
        "wellheard.understand.expectations.commands",
        "expectations",
        "What people newly expect, by quarter.",
    ),
    "audit": ("wellheard.config.commands.audit", "audit", "Verify the audit trail."),
    "backup": ("wellheard.config.commands.backups", "backup", "Write one encrypted backup file."),
    "restore": ("wellheard.config.commands.backups", "restore", "Bring a backup back."),
    "staff": ("wellheard.people.accounts.commands", "staff", "Staff accounts from the console."),
    "django": ("wellheard.config.commands.data", "django", "Run a Django management command."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called, so that --help is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in _COMMANDS.items()])


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Everything is kept under WELLHEARD_HOME (now: ~/.local/share/wellheard by default).",
)
@click.version_option(package_name="wellheard")
def cli() -> None:
    """Wellheard hears patients, sees that somebody acts, and proves whether it helped.

    New here? `wellheard demo` starts an invented hospital with two years of feedback.
    """


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
    try:
        cli()
    except BrokenPipeError:
        sys.exit(141)
    except Exception as error:
        _explain(error)


def _explain(error: Exception) -> None:
    """One clear line instead of a traceback; the whole of it when WELLHEARD_TRACE is set."""
    if os.environ.get("WELLHEARD_TRACE"):
        raise error
    click.echo(f"wellheard: {plain(error)}", err=True)
    sys.exit(1)


def plain(error: Any) -> str:
    """What went wrong and what to do, for the faults an operator meets."""
    name = type(error).__name__
    text = " ".join(str(error).split())
    if "no such table" in text or "does not exist" in text:
        return "the database is not set up: run `wellheard migrate` first"
    if "database or disk is full" in text or getattr(error, "errno", None) == 28:
        return "the disk is full: nothing was changed. Free some space and try again"
    if "database is locked" in text:
        return "the database is busy: nothing was changed. Try again in a moment"
    if name == "OperationalError":
        return f"the database does not answer ({text.splitlines()[0][:120]})"
    return f"{text or name} (set WELLHEARD_TRACE=1 to see where)"


if __name__ == "__main__":
    main()
