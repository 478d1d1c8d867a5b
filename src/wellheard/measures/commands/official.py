"""The official programs on files: CAHPS analysis and Hospital VBP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


@measures.command()
@click.argument("data", type=FILE)
@click.option("--entity", required=True, help="Column that names the hospital, plan or ward.")
@click.option("--items", required=True, help="Item columns, separated by commas.")
@click.option("--adjusters", default="", help="Case-mix columns, separated by commas.")
@click.option("--only", default="", help="Entities to compare, by commas (default: all).")
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
@as_json_option
@plainly
def cahps(as_json: bool, **options: Any) -> None:
    """Compare entities on one item or a composite, as the AHRQ CAHPS program 4.1 does.

    Blank, "." and "NA" are missing; answers outside --min..--max are missing too.
    """
    from wellheard.measures.cahps.report import CahpsRequest, cahps_report

    names = ("items", "adjusters", "only")
    options.update({name: names_of(options[name]) for name in names})
    report = cahps_report(CahpsRequest(**options))
    if as_json:
        print_json(report)
        return
    click.echo(
        f"overall {report['overall_mean']:.4f}  F({report['df1']}, {report['df2']:g}) = "
        f"{report['f']:.3f}  p = {report['p']:.4f}  n = {report['n']}"
    )
    if report["few_cases"]:
        click.echo(f"fewer than 100 cases: {', '.join(report['few_cases'])}", err=True)
    print_table(
        report["entities"],
        ("entity", "n", "raw", "adjusted", "delta", "se", "t", "p", "stars"),
    )


@measures.command()
@click.argument("file", type=FILE)
@click.option("--cut-points", required=True, help="Star table, such as 2018-07.")
@click.option("--facility", default="Provider_ID", show_default=True, help="Identifier column.")
@as_json_option
@plainly
def stars(file: Path, cut_points: str, facility: str, as_json: bool) -> None:
    """Star ratings from whole linear scores (columns such as H_COMP_1_LINEAR_SCORE)."""
    from wellheard.measures.hcahps.report import stars_report

    report = stars_report(file, cut_points, facility)
    if as_json:
        print_json(report)
    else:
        print_table(
            [{**row, **row["stars"]} for row in report],
            ("facility_id", *report[0]["stars"], "summary"),
        )


@measures.command()
@click.argument("file", type=FILE)
@click.option("--standards", required=True, help="Performance standards, such as fy2024.")
@click.option("--tps", type=FILE, help="Total-performance file, to share out missing domains.")
@as_json_option
@plainly
def vbp(file: Path, standards: str, tps: Path | None, as_json: bool) -> None:
    """Score a CMS Hospital VBP person-and-community-engagement file."""
    from wellheard.measures.vbp.report import vbp_report

    report = vbp_report(file, standards, tps)
    if as_json:
        print_json(report)
    else:
        print_table(report, ("facility_id", "base", "consistency", "domain", "weighted"))
