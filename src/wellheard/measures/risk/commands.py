"""The commands `train-readmission`, `predict` and the scores of `measures`."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from wellheard.measures.commands.shown import FILE, as_json_option, plainly, print_json

if TYPE_CHECKING:
    from wellheard.measures.risk.readmission.model import Scored
    from wellheard.measures.risk.readmission.reading import Discharges

_PATH: Final = click.Path(path_type=Path, file_okay=False)
# The uses a prediction may be asked for; a file for anything else is not scored.
USES: Final = ("help_after_discharge", "aggregate_review")
_SHOWN_FAULTS: Final = 20


@click.command("train-readmission")
@click.argument("file", type=FILE)
@click.option("--out", type=_PATH, help="Folder to write the model and its card to.")
@click.option("--version", "version", default="readmission-own", show_default=True)
@click.option("--owner", default="not named yet", help="Who answers for the model.")
@click.option(
    "--review-by",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day by which somebody looks at it again. Default: in a year.",
)
@click.option("--hold-back", is_flag=True, help="Leave one patient in 25 out, for a later test.")
@click.option("--rarest", type=click.IntRange(1), default=100, show_default=True)
@click.option("--draws", type=click.IntRange(100, 5000), default=300, show_default=True)
@as_json_option
@plainly
def train_readmission(
    file: Path,
    out: Path | None,
    version: str,
    owner: str,
    review_by: Any,
    hold_back: bool,
    rarest: int,
    draws: int,
    as_json: bool,
) -> None:
    """Train the 30-day readmission model from FILE and print its card.

    FILE: one discharge a row, columns as in the UCI data set "Diabetes 130-US Hospitals". Quality
    is measured by cross-validation with each patient on one side only; people who died or went
    to a hospice are left out.
    """
    from wellheard.measures.risk.card import card_in_words
    from wellheard.measures.risk.readmission import model, reading, training

    found = reading.read_discharges(file, outcome=True)
    _tell_faults(found)
    if hold_back:
        found = _without_held_back(found)
    day = review_by.date() if review_by else _in_a_year(datetime.now(UTC).date())
    trained = training.train(
        found,
        version=version,
        owner=owner,
        review_by=day.isoformat(),
        rarest=rarest,
        draws=draws,
        say=lambda line: click.echo(f"  {line}", err=True),
    )
    if out is not None:
        model.write(out, trained.model, trained.card)
    if as_json:
        print_json(trained.card.as_page())
    else:
        click.echo(card_in_words(trained.card))


@click.group()
def predict() -> None:
    """Predictions for the rows of a file, each with what moved it."""


@predict.command("readmission")
@click.argument("file", type=FILE)
@click.option(
    "--use",
    type=click.Choice(USES),
    default=USES[0],
    show_default=True,
    help="What the predictions are for; there is no other use.",
)
@click.option("--model", "folder", type=_PATH, help="Folder of a model of your own.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="CSV file to write.")
@as_json_option
@plainly
def predict_readmission(
    file: Path, use: str, folder: Path | None, out: Path | None, as_json: bool
) -> None:
    """Predict readmission within 30 days for the discharges of FILE.

    Rows that cannot be used are named with line and column; people who died or went to a hospice
    get no prediction. When FILE says what happened (column readmitted), the quality is shown.
    """
    from wellheard.measures.risk.readmission import model, reading

    fitted, card = model.load(folder)
    found = reading.read_discharges(file, outcome=False)
    scored = model.score(fitted, found)
    page = {
        "model": fitted.version,
        "use": use,
        "rows": len(scored),
        "left_out": [{"line": line, "why": _why_left_out()} for line in found.left_out],
        "errors": [dataclasses.asdict(fault) for fault in found.faults],
        "quality": _quality(scored),
    }
    if out is not None:
        _write(out, scored, card.threshold)
    if as_json:
        lines = [] if out is not None else [_line(each, card.threshold) for each in scored]
        print_json({**page, "predictions": lines})
        return
    _tell_faults(found)
    _tell(page, scored, card.threshold, out)


def _why_left_out() -> str:
    from wellheard.measures.risk.readmission.reading import columns

    return str(columns()["cannot_return"]["why"])


def _line(each: Scored, threshold: float) -> dict[str, Any]:
    return {
        "line": each.line,
        "encounter": each.encounter,
        "probability": round(each.prediction.probability, 5),
        "offer_help": each.prediction.probability >= threshold,
        "reasons": [
            {**dataclasses.asdict(reason), "effect": round(reason.effect, 3)}
            for reason in each.prediction.reasons
        ],
        "unknown": list(each.prediction.unknown),
    }


def _quality(scored: list[Scored]) -> dict[str, Any] | None:
    """Quality on the file's own outcomes; None when it has none, or too few for a figure."""
    from wellheard.measures.errors import MeasureError
    from wellheard.measures.risk.quality import assess
    from wellheard.measures.risk.readmission.reading import columns, was_readmitted

    known = columns()
    name = known["outcome"]["column"]
    told = [each for each in scored if each.row.get(name) in known["outcome"]["values"]]
    if not told:
        return None
    try:
        found = assess(
            [each.prediction.probability for each in told],
            [float(was_readmitted(each.row)) for each in told],
            [each.row[known["patient"]] for each in told],
        )
    except MeasureError:
        return None
    return dataclasses.asdict(found)


def _write(out: Path, scored: list[Scored], threshold: float) -> None:
    import csv

    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "encounter_id", "probability", "offer_help", "reasons"])
        for each in scored:
            reasons = "; ".join(
                f"{reason.feature} = {reason.level} ({reason.effect:+.2f})"
                for reason in each.prediction.reasons
            )
            p = each.prediction.probability
            writer.writerow([each.line, each.encounter, f"{p:.5f}", int(p >= threshold), reasons])


def _tell(page: dict[str, Any], scored: list[Scored], threshold: float, out: Path | None) -> None:
    click.echo(f"{page['rows']} discharges scored by {page['model']} for {page['use']}")
    click.echo(f"{len(page['left_out'])} left out: {_why_left_out()}")
    if page["quality"] is not None:
        for name in ("auc", "brier", "slope"):
            value = page["quality"][name]
            click.echo(
                f"{name} {value['estimate']:.4f} ({value['low']:.4f} to {value['high']:.4f})"
            )
    if out is not None:
        click.echo(f"written: {out}")
        return
    for each in scored:
        mark = "offer help" if each.prediction.probability >= threshold else ""
        click.echo(f"line {each.line}: {each.prediction.probability:.1%} {mark}".rstrip())


def _tell_faults(found: Discharges) -> None:
    for fault in found.faults[:_SHOWN_FAULTS]:
        where = f"column {fault.column} " if fault.column else ""
        click.echo(f"line {fault.line}: {where}{fault.reason}", err=True)
    more = len(found.faults) - _SHOWN_FAULTS
    if more > 0:
        click.echo(f"... and {more} more rows that cannot be used", err=True)


def _without_held_back(found: Discharges) -> Discharges:
    from wellheard.measures.risk.readmission.reading import columns
    from wellheard.measures.risk.readmission.training import held_back

    patient = columns()["patient"]
    kept = [i for i, row in enumerate(found.rows) if not held_back(row[patient])]
    rows, lines = [found.rows[i] for i in kept], [found.lines[i] for i in kept]
    return dataclasses.replace(found, rows=rows, lines=lines)


def _in_a_year(day: date) -> date:
    return date(day.year + 1, day.month, min(day.day, 28))
