"""The command group ``measures``: statistics on files, as a table or as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from wellheard.measures.errors import MeasureError

if TYPE_CHECKING:
    from wellheard.measures.spc import ControlChart

P = ParamSpec("P")
R = TypeVar("R")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group()
def measures() -> None:
    """Statistics on CSV or Parquet files: CAHPS, VBP, charts, promoter score."""


def _plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a named error into one line and exit code 1."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except MeasureError as error:
            raise click.ClickException(str(error)) from None

    return wrapped


@measures.command()
@click.argument("data", type=_FILE)
@click.option("--entity", required=True, help="Column that names the hospital, plan or ward.")
@click.option("--items", required=True, help="Item columns, separated by commas.")
@click.option("--adjusters", default="", help="Case-mix columns, separated by commas.")
@click.option("--weight", help="Column of case weights.")
@click.option("--strata", help="Column of strata within the entity, combined by population.")
@click.option("--strata-size", help="Column with each stratum's population (default: its rows).")
@click.option("--min", "minimum", type=float, help="Lowest valid answer.")
@click.option("--max", "maximum", type=float, help="Highest valid answer.")
@click.option("--no-impute", is_flag=True, help="Drop rows with a missing adjuster.")
@click.option("--uneven", is_flag=True, help="Weigh items by their number of answers.")
@click.option("--alpha", type=float, default=0.05, show_default=True)
@click.option("--change", type=float, default=0.0, show_default=True)
@click.option("--meandiff", type=float, default=0.0, show_default=True)
@click.option(
    "--variance", type=click.Choice(["macro", "manual"]), default="macro", show_default=True
)
@_as_json
@_plainly
def cahps(as_json: bool, **options: Any) -> None:
    """Compare entities on one item or a composite, as the AHRQ CAHPS program 4.1 does.

    Blank, "." and "NA" are missing; answers outside --min..--max are missing too.
    """
    from wellheard.measures.cahps.report import CahpsRequest, cahps_report

    names = ("items", "adjusters")
    options.update({name: _names(options[name]) for name in names})
    report = cahps_report(CahpsRequest(**options))
    if as_json:
        _print_json(report)
        return
    click.echo(
        f"overall {report['overall_mean']:.4f}  F({report['df1']}, {report['df2']:g}) = "
        f"{report['f']:.3f}  p = {report['p']:.4f}  n = {report['n']}"
    )
    if report["few_cases"]:
        click.echo(f"fewer than 100 cases: {', '.join(report['few_cases'])}", err=True)
    _print_table(
        report["entities"],
        ("entity", "n", "raw", "adjusted", "delta", "se", "t", "p", "stars"),
    )


@measures.command()
@click.argument("file", type=_FILE)
@click.option("--standards", required=True, help="Performance standards, such as fy2024.")
@click.option("--tps", type=_FILE, help="Total-performance file, to share out missing domains.")
@_as_json
@_plainly
def vbp(file: Path, standards: str, tps: Path | None, as_json: bool) -> None:
    """Score a CMS Hospital VBP person-and-community-engagement file."""
    from wellheard.measures.vbp.report import vbp_report

    report = vbp_report(file, standards, tps)
    if as_json:
        _print_json(report)
    else:
        _print_table(report, ("facility_id", "base", "consistency", "domain", "weighted"))


@measures.command()
@click.argument("file", type=_FILE)
@click.option("--value", required=True, help="Column of values in time order.")
@click.option("--size", help="Column of denominators: draws a p-chart of value / size.")
@click.option("--rules", default="nhs-4", show_default=True)
@click.option("--direction", type=click.Choice(["increase", "decrease"]))
@click.option("--target", type=float)
@click.option("--baseline", type=int, help="Fix the limits with this many first points.")
@_as_json
@_plainly
def chart(file: Path, value: str, size: str | None, as_json: bool, **options: Any) -> None:
    """Draw up an XmR chart, or with --size a p-chart, and name its signals."""
    from wellheard.measures.files import numbers, read_texts
    from wellheard.measures.spc import p_chart, xmr

    texts = read_texts(file, [value] if size is None else [value, size])
    if size is None:
        drawn = xmr(numbers(texts[value], value), **options)
    else:
        drawn = p_chart(numbers(texts[value], value), numbers(texts[size], size), **options)
    if as_json:
        _print_json(dataclasses.asdict(drawn))
        return
    click.echo(f"{drawn.method}; rules {drawn.rules}; now: {drawn.variation}")
    if drawn.trial:
        click.echo("trial limits: too few points", err=True)
    _print_table(
        [
            {"point": point + 1, "value": value, **_lines(drawn, point)}
            for point, value in enumerate(drawn.values)
        ],
        ("point", "value", "lower", "centre", "upper", "flags"),
    )


def _lines(drawn: ControlChart, point: int) -> dict[str, Any]:
    return {
        "lower": drawn.lower[point],
        "centre": drawn.centre[point],
        "upper": drawn.upper[point],
        "flags": " ".join(sorted(drawn.flags[point])),
    }


@measures.command()
@click.argument("file", type=_FILE)
@click.option("--rating", required=True, help="Column of 0-10 answers; blanks are left out.")
@click.option("--level", type=float, default=0.95, show_default=True)
@_as_json
@_plainly
def nps(file: Path, rating: str, level: float, as_json: bool) -> None:
    """Net Promoter Score of a column with its interval."""
    import numpy as np

    from wellheard.measures.files import numbers, read_texts
    from wellheard.measures.nps import net_promoter_score

    answers = numbers(read_texts(file, [rating])[rating], rating)
    score = net_promoter_score(answers[~np.isnan(answers)], level=level)
    if as_json:
        _print_json(dataclasses.asdict(score))
    else:
        click.echo(
            f"NPS {score.estimate:.1f} ({score.low:.1f} to {score.high:.1f}), n = {score.n:g}; "
            f"{score.method}"
        )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _print_json(page: Any) -> None:
    click.echo(json.dumps(page, ensure_ascii=False, default=_plain, allow_nan=False))


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return float(value)  # type: ignore[arg-type]  # Decimal, or a TypeError that json expects


def _print_table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    cells = [[_cell(row[column]) for column in columns] for row in rows]
    widths = [
        max(len(column), *(len(row[i]) for row in cells)) if cells else len(column)
        for i, column in enumerate(columns)
    ]
    for row in [list(columns), *cells]:
        line = "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
