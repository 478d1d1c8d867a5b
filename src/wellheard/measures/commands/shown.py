"""What every command shares: files in, tables or JSON out, one-line errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from wellheard.measures.errors import MeasureError

P = ParamSpec("P")
R = TypeVar("R")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON instead of a table."
)


@click.group()
def measures() -> None:
    """Statistics on CSV or Parquet files: CAHPS, VBP, charts, verdicts, drivers, gaps."""


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a named error into one line and exit code 1."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except MeasureError as error:
            raise click.ClickException(str(error)) from None

    return wrapped


def names_of(text: str) -> tuple[str, ...]:
    """Split a comma-separated option."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def print_json(page: Any) -> None:
    """Print `page` as JSON; sets become sorted lists, decimals numbers."""
    click.echo(json.dumps(page, ensure_ascii=False, default=_plain, allow_nan=False))


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print the named columns of `rows`, right-aligned."""
    cells = [[_cell(row[column]) for column in columns] for row in rows]
    widths = [
        max(len(column), *(len(row[i]) for row in cells)) if cells else len(column)
        for i, column in enumerate(columns)
    ]
    for row in [list(columns), *cells]:
        line = "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return float(value)  # type: ignore[arg-type]  # Decimal, or a TypeError that json expects


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
