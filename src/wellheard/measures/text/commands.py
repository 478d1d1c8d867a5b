"""The commands `label` and `train-comments`."""

from __future__ import annotations

import gc
import json
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from wellheard.measures.text.files import Summary
    from wellheard.measures.text.training import Trained
    from wellheard.measures.text.training.data import LabelledComments, TransferComments
    from wellheard.measures.text.training.figures import Figures

_PATH: Final = click.Path(path_type=Path)
_BAD_INPUT: Final = 2
# In a source checkout; an installed package has no labelled comments.
_DATA: Final = Path(__file__).parents[4] / "data" / "comments"
_LABELLED: Final = "comments-train.csv"
_TRANSFER: Final = "comments-phase1-train.csv"
_QUESTION_COLUMNS: Final = ("question_type", "question")


class BadInput(click.ClickException):
    """One clear line, exit code 2."""

    exit_code = _BAD_INPUT


@click.command()
@click.argument("file", type=_PATH)
@click.option("--text-column", default="text", show_default=True, help="Column of the comments.")
@click.option(
    "--question-column",
    help="Column of the question asked, or its kind (what_good, could_improve, nonspecific)."
    " Default: question_type or question, where the file has one.",
)
@click.option("--language-column", help="Column of two-letter language codes, where known.")
@click.option("--out", required=True, type=_PATH, help="CSV file to write.")
@click.option("--model", type=_PATH, help="Folder of a model of your own.")
@click.option(
    "--encoder",
    is_flag=False,
    flag_value="shipped",
    default="",
    help="Average with the shipped encoder, or with one of your own in a given folder: better,"
    " and some fifteen times slower.",
)
@click.option("--encoding", default="utf-8-sig", help="Text encoding of FILE. Default: UTF-8.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def label(
    file: Path,
    text_column: str,
    question_column: str | None,
    language_column: str | None,
    out: Path,
    model: Path | None,
    encoder: str,
    encoding: str,
    as_json: bool,
) -> None:
    """Add themes, sentiment, urgency, language, masked text and confidence to the comments of FILE.

    Rows keep their order. A column of FILE that has the name of an added one is kept as NAME_given.
    """
    from wellheard.measures.text.encoder import encoder_folder
    from wellheard.measures.text.engine import load_engine
    from wellheard.measures.text.files import BadFileError, Columns, label_file
    from wellheard.measures.text.model import ModelError

    try:
        engine = load_engine(model, encoder=encoder_folder(encoder))
        # The model and lexicons stay until the end: not to be looked through for rubbish each time.
        gc.freeze()
        question = question_column or _question_column(file, encoding)
        columns = Columns(text_column, question, language_column)
        summary = label_file(engine, file, out, columns, encoding=encoding)
    except (BadFileError, ModelError, LookupError) as error:
        raise BadInput(str(error)) from None
    click.echo(_as_json(summary, out, engine.version) if as_json else _in_words(summary, out))


def _question_column(file: Path, encoding: str) -> str | None:
    """A column of the usual name; None also when the file cannot be read, which is told later."""
    try:
        with file.open(encoding=encoding) as handle:
            header = handle.readline(100_000).strip().split(",")
    except (OSError, UnicodeDecodeError):
        return None
    return next((name for name in _QUESTION_COLUMNS if name in header), None)


def _as_json(summary: Summary, out: Path, version: str) -> str:
    content = {
        "rows": summary.rows,
        "urgent": summary.urgent,
        "languages": dict(summary.languages),
        "themes": dict(summary.themes.most_common()),
        "seconds": summary.seconds,
        "renamed": dict(summary.renamed),
        "engine": version,
        "out": str(out),
    }
    return json.dumps(content, ensure_ascii=False)


def _in_words(summary: Summary, out: Path) -> str:
    lines = [f"{summary.rows} comments labelled in {summary.seconds} s: {out}"]
    lines.append(f"urgent: {summary.urgent}")
    if summary.renamed:
        lines.append("kept: " + ", ".join(f"{a} as {b}" for a, b in summary.renamed.items()))
    return "\n".join(lines)


@click.command("train-comments")
@click.argument("file", type=_PATH, required=False)
@click.option("--out", type=_PATH, required=True, help="Folder to write the model to.")
@click.option("--transfer", type=_PATH, help="Older labelling to learn from as well.")
@click.option("--version", "version", help="Name of the model. Default: the name of the folder.")
@click.option("--evaluate", is_flag=True, help="Print every theme, not only the totals.")
@click.option("--scorecard", type=_PATH, help="Markdown file to write the figures to.")
@click.option(
    "--encoder",
    type=_PATH,
    help="Train the encoder instead, from the folder of MiniLM weights (model.safetensors,"
    " vocab.txt); needs torch and onnx.",
)
@click.option("--work", type=_PATH, help="Where the encoder keeps its steps. Default: OUT.work.")
@click.option(
    "--measured",
    type=click.IntRange(1, 5),
    default=5,
    show_default=True,
    help="How many of the encoder's five folds are fitted and measured. Below five the first of"
    " them is the encoder, and no fit on all comments follows.",
)
@click.option("--base-source", default="", help="Where the weights come from, for the card.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def train_comments(
    file: Path | None,
    out: Path,
    transfer: Path | None,
    version: str | None,
    evaluate: bool,
    scorecard: Path | None,
    encoder: Path | None,
    work: Path | None,
    measured: int,
    base_source: str,
    as_json: bool,
) -> None:
    """Train the comment model from FILE (text, labels_v7 or themes, sentiment, question_type,
    respondent_id), by default from data/comments, and print its grouped cross-validation."""
    if find_spec("sklearn") is None:
        raise BadInput("training needs scikit-learn: pip install 'wellheard[train]'")
    from wellheard.measures.text.training import train, write_trained
    from wellheard.measures.text.training.card import figures_in_words
    from wellheard.measures.text.training.data import (
        TrainingDataError,
        read_labelled,
        read_transfer,
    )

    source = file or _DATA / _LABELLED
    older = transfer or source.with_name(_TRANSFER)
    try:
        comments = read_labelled(source)
        more = read_transfer(older) if transfer or older.exists() else None
    except TrainingDataError as error:
        raise BadInput(str(error)) from None
    if encoder is not None:
        figures = _train_encoder(
            encoder, comments, more, out, work, version, measured, base_source, scorecard
        )
        click.echo(
            json.dumps(asdict(figures))
            if as_json
            else figures_in_words(figures, every_theme=evaluate)
        )
        return
    trained = train(comments, more, version=version or out.name, say=_progress)
    write_trained(out, trained, scorecard=scorecard)
    click.echo(_figures(trained, evaluate=evaluate, as_json=as_json))


def _train_encoder(
    base: Path,
    comments: LabelledComments,
    transfer: TransferComments | None,
    out: Path,
    work: Path | None,
    version: str | None,
    measured: int,
    source: str,
    scorecard: Path | None,
) -> Figures:
    missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
    if missing:
        raise BadInput(f"training the encoder needs {' and '.join(missing)}")
    from wellheard.measures.text.model import ModelError
    from wellheard.measures.text.training.encoder import train_encoder

    try:
        return train_encoder(
            base,
            comments,
            transfer,
            out=out,
            work=work or out.with_name(f"{out.name}.work"),
            version=version or out.name,
            provenance={"source": source},
            measured=measured,
            scorecard=scorecard,
            say=_progress,
        )
    except ModelError as error:
        raise BadInput(str(error)) from None


def _progress(line: str) -> None:
    click.echo(f"  {line}", err=True)


def _figures(trained: Trained, *, evaluate: bool, as_json: bool) -> str:
    from wellheard.measures.text.training.card import figures_in_words

    if as_json:
        return json.dumps(trained.model.card["figures"], ensure_ascii=False)
    return figures_in_words(trained.figures, every_theme=evaluate)
