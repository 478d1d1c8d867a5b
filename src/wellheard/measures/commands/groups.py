"""Groups and tables on files: key drivers, equity gaps, suppression, agreement."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from wellheard.measures.commands.shown import (
    FILE,
    as_json_option,
    measures,
    names_of,
    plainly,
    print_json,
    print_table,
)
from wellheard.measures.errors import MeasureError, NotNumeric
from wellheard.measures.files import numbers, read_texts


@measures.command()
@click.argument("file", type=FILE)
@click.option("--outcome", required=True, help="Column of the overall rating.")
@click.option("--drivers", "driver_names", required=True, help="Item columns, by commas.")
@click.option("--method", type=click.Choice(["shapley", "relative_weights"]), default="shapley")
@click.option("--draws", type=int, default=1000, show_default=True)
@as_json_option
@plainly
def drivers(
    file: Path, outcome: str, driver_names: str, method: str, draws: int, as_json: bool
) -> None:
    """Divide the explained variance of a rating among the items that go with it."""
    from wellheard.measures.drivers import key_drivers

    names = names_of(driver_names)
    texts = read_texts(file, [outcome, *names])
    found = key_drivers(
        {name: numbers(texts[name], name) for name in names},
        numbers(texts[outcome], outcome),
        outcome_name=outcome,
        method="shapley" if method == "shapley" else "relative_weights",
        draws=draws,
    )
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    click.echo(f"R2 {found.r2:.3f}, n = {found.n}, left out {found.left_out}; {found.method}")
    columns = ("rank", "name", "share", "low", "high", "rank_low", "rank_high", "performance")
    print_table([dataclasses.asdict(driver) for driver in found.drivers], columns)


@measures.command()
@click.argument("file", type=FILE)
@click.option("--group", required=True, help="Column of group names, one row per group.")
@click.option("--count", required=True, help="Column of counts.")
@click.option("--n", "size", required=True, help="Column of group sizes.")
@click.option("--reference", required=True, help="Name of the group to compare with.")
@click.option("--lower-is-better", is_flag=True)
@as_json_option
@plainly
def gaps(
    file: Path,
    group: str,
    count: str,
    size: str,
    reference: str,
    lower_is_better: bool,
    as_json: bool,
) -> None:
    """Compare groups with a reference; groups that are too small are not judged."""
    from wellheard.measures.equity import equity_gaps

    texts = read_texts(file, [group, count, size])
    pairs = zip(_whole(texts[count], count), _whole(texts[size], size), strict=True)
    found = equity_gaps(
        dict(zip(texts[group], pairs, strict=True)),
        reference=reference,
        higher_is_better=not lower_is_better,
    )
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    rows = [
        {
            "group": each.group,
            "n": each.n,
            "rate": None if each.rate is None else each.rate.estimate,
            "gap": None if each.gap is None else each.gap.estimate,
            "low": None if each.gap is None else each.gap.low,
            "high": None if each.gap is None else each.gap.high,
            "verdict": each.verdict,
        }
        for each in found.groups
    ]
    print_table(rows, ("group", "n", "rate", "gap", "low", "high", "verdict"))


@measures.command()
@click.argument("file", type=FILE)
@click.option("--row", required=True, help="Column that names the table's row.")
@click.option("--column", required=True, help="Column that names the table's column.")
@click.option("--count", required=True, help="Column of counts, one row per cell.")
@click.option("--minimum", type=int, default=11, show_default=True)
@as_json_option
@plainly
def suppress(file: Path, row: str, column: str, count: str, minimum: int, as_json: bool) -> None:
    """Hide the small counts of a two-way table so that its totals give nothing away."""
    from wellheard.measures.suppression import suppress as hide

    texts = read_texts(file, [row, column, count])
    cells: dict[tuple[str, str], int] = {}
    for name, other, value in zip(
        texts[row], texts[column], _whole(texts[count], count), strict=True
    ):
        if cells.setdefault((name, other), value) != value:
            raise MeasureError(f"{name} / {other}", "has two different counts")
    table, sums = _with_totals(cells)
    shown = hide(table, sums, minimum=minimum)
    if as_json:
        print_json(dataclasses.asdict(shown))
        return
    print_table(
        [
            {"cell": name, "count": "*" if value is None else value}
            for name, value in shown.shown.items()
        ],
        ("cell", "count"),
    )


@measures.command()
@click.argument("file", type=FILE)
@click.option("--raters", required=True, help="Rater columns, separated by commas.")
@click.option("--categories", default="", help="All categories in order, by commas.")
@click.option(
    "--weights", type=click.Choice(["identity", "linear", "quadratic"]), default="identity"
)
@click.option("--coefficient", type=click.Choice(["ac", "kappa"]), default="ac")
@as_json_option
@plainly
def agreement(
    file: Path, raters: str, categories: str, weights: str, coefficient: str, as_json: bool
) -> None:
    """Gwet's AC1 / AC2 or kappa between rater columns (blank = not rated)."""
    from wellheard.measures.agreement import agreement as measure

    names = names_of(raters)
    texts = read_texts(file, names)
    found = measure(
        list(zip(*(texts[name] for name in names), strict=True)),
        categories=names_of(categories) or None,
        weights=weights,  # type: ignore[arg-type]  # click checked the choice
        coefficient=coefficient,  # type: ignore[arg-type]  # click checked the choice
    )
    if as_json:
        print_json(dataclasses.asdict(found))
    else:
        click.echo(
            f"{found.method}: {found.estimate:.3f} ({found.low:.3f} to {found.high:.3f}), "
            f"n = {found.n}"
        )


def _whole(texts: list[str], column: str) -> list[int]:
    values = numbers(texts, column).tolist()
    for position, value in enumerate(values):
        if value != value or value % 1:
            raise NotNumeric(column, f"line {position + 2} holds no whole number")
    return [int(value) for value in values]


def _with_totals(
    cells: dict[tuple[str, str], int],
) -> tuple[dict[str, int], list[tuple[str, list[str]]]]:
    """Name the cells "row / column" and add row, column and grand totals."""
    table = {f"{name} / {other}": value for (name, other), value in cells.items()}
    sums = []
    for side in (0, 1):
        for name in dict.fromkeys(key[side] for key in cells):
            parts = [f"{key[0]} / {key[1]}" for key in cells if key[side] == name]
            total = f"{name} / (all)" if side == 0 else f"(all) / {name}"
            table[total] = sum(table[part] for part in parts)
            sums.append((total, parts))
    table["(all) / (all)"] = sum(cells.values())
    for side in (0, 1):
        names = [total for total, _ in sums if total.endswith("(all)") == (side == 0)]
        sums.append(("(all) / (all)", names))
    return table, sums
