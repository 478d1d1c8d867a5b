"""Series over time on files: control charts and the verdict on a change."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wellheard.measures.commands.shown import (
    FILE,
    as_json_option,
    measures,
    plainly,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from wellheard.measures.spc import ControlChart


@measures.command()
@click.argument("file", type=FILE)
@click.option("--value", required=True, help="Column of values in time order.")
@click.option("--size", help="Column of denominators: draws a p-chart of value / size.")
@click.option("--date", help="Column of dates, checked to be in order.")
@click.option("--rules", default="nhs-4", show_default=True)
@click.option("--direction", type=click.Choice(["increase", "decrease"]))
@click.option("--target", type=float)
@click.option("--baseline", type=int, help="Fix the limits with this many first points.")
@as_json_option
@plainly
def chart(
    file: Path, value: str, size: str | None, date: str | None, as_json: bool, **options: Any
) -> None:
    """Draw up an XmR chart, or with --size a p-chart, and name its signals."""
    from wellheard.measures.files import numbers, read_texts, require_ascending
    from wellheard.measures.spc import p_chart, xmr

    texts = read_texts(file, [name for name in (value, size, date) if name is not None])
    if date is not None:
        require_ascending(texts[date], date)
    if size is None:
        drawn = xmr(numbers(texts[value], value), **options)
    else:
        drawn = p_chart(numbers(texts[value], value), numbers(texts[size], size), **options)
    if as_json:
        print_json(dataclasses.asdict(drawn))
        return
    click.echo(f"{drawn.method}; rules {drawn.rules}; now: {drawn.variation}")
    if drawn.trial:
        click.echo("trial limits: too few points", err=True)
    print_table(
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
@click.argument("file", type=FILE)
@click.option("--value", required=True, help="Column of values, evenly spaced in time.")
@click.option("--at", required=True, type=int, help="Number of the first row after the change.")
@click.option("--direction", required=True, type=click.Choice(["increase", "decrease"]))
@click.option("--worthwhile", required=True, type=float, help="Smallest useful improvement.")
@click.option("--date", help="Column of dates, checked to be in order.")
@click.option("--control", help="Column of a series the change did not touch.")
@click.option("--phase-in", type=int, default=0, show_default=True)
@click.option("--selected-on", type=int, default=0, show_default=True)
@click.option("--season", type=int, help="Rows in a cycle, 12 for months.")
@click.option("--trend", is_flag=True, help="Allow for a slope that was there before.")
@as_json_option
@plainly
def change(
    file: Path,
    value: str,
    at: int,
    date: str | None,
    control: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Say whether a series got better: better, not better or cannot tell."""
    from wellheard.measures.change import change_verdict
    from wellheard.measures.files import numbers, read_texts, require_ascending

    texts = read_texts(file, [name for name in (value, control, date) if name is not None])
    if date is not None:
        require_ascending(texts[date], date)
    other = None if control is None else numbers(texts[control], control)
    verdict = change_verdict(numbers(texts[value], value), at - 1, control=other, **options)
    if as_json:
        print_json(dataclasses.asdict(verdict))
        return
    click.echo(f"{verdict.answer.replace('_', ' ')}: {verdict.reason.replace('_', ' ')}")
    if verdict.effect is not None:
        effect = verdict.effect
        click.echo(
            f"effect {effect.estimate:.3f} ({effect.low:.3f} to {effect.high:.3f}), "
            f"{verdict.n_before} points before, {verdict.n_after} after; {verdict.method}"
        )
