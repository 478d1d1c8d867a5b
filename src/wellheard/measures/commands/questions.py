"""Single questions and texts on files: promoter score and readability."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from wellheard.measures.commands.shown import (
    FILE,
    as_json_option,
    measures,
    plainly,
    print_json,
    print_table,
)


@measures.command()
@click.argument("file", type=FILE)
@click.option("--rating", required=True, help="Column of 0-10 answers; blanks are left out.")
@click.option("--level", type=float, default=0.95, show_default=True)
@as_json_option
@plainly
def nps(file: Path, rating: str, level: float, as_json: bool) -> None:
    """Net Promoter Score of a column with its interval."""
    import numpy as np

    from wellheard.measures.files import numbers, read_texts
    from wellheard.measures.nps import net_promoter_score

    answers = numbers(read_texts(file, [rating])[rating], rating)
    score = net_promoter_score(answers[~np.isnan(answers)], level=level)
    if as_json:
        print_json(dataclasses.asdict(score))
    else:
        click.echo(
            f"NPS {score.estimate:.1f} ({score.low:.1f} to {score.high:.1f}), n = {score.n:g}; "
            f"{score.method}"
        )


@measures.command()
@click.argument("file", type=FILE)
@click.option("--language", required=True, help="en or es.")
@as_json_option
@plainly
def readability(file: Path, language: str, as_json: bool) -> None:
    """School grade, SMOG and reading ease of a text file."""
    from wellheard.measures.files import opened_text
    from wellheard.measures.readability import readability as score_text

    with opened_text(file) as text:
        score = dataclasses.asdict(score_text(text.read(), language=language))
    if as_json:
        print_json(score)
    else:
        print_table([score], ("n_words", "n_sentences", "grade", "smog", "ease"))
