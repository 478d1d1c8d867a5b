"""Words around the figures: the model card, the scorecard page, the lines on the console."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from wellheard.measures.text.encoder import LONGEST
from wellheard.measures.text.taxonomy import NHS, load_taxonomy
from wellheard.measures.text.training.figures import (
    MIN_CASES,
    RESAMPLES,
    Estimate,
    Figures,
    LabelFigures,
    read_figures,
)
from wellheard.measures.text.training.mentions import MentionFigures

_PUBLISHED: Final = Path(__file__).parent / "published.json"

_CARD: Final = """\
# Model card: {version}

**What it does.** Gives a patient's comment in English its themes (32 of the NHS qualitative data
categorisation framework, v7) and its sentiment (1 very positive to 5 very negative), each with a
calibrated confidence. It is a linear model: word, word-pair and character weights, and the kind of
question asked. {features:,} features; the words that decided can always be shown.

**What it is for.** Sorting and counting comments, and finding the ones to read. A person can
correct any label. It is not for judging a member of staff, nor for deciding on anyone's care.
Urgency does **not** come from this model: it comes from the safety phrases, which no score can
silence.

## Data

{data}

Attribution: {attribution}

These comments are from ambulance, 111, patient transport, mental health and community services in
England. Figures elsewhere will be lower: between the two trusts the same kind of model lost 15
points of micro F1. Measure it on your own labelled comments before you rely on it, and retrain it
with your own corrections (`wellheard train-comments`).

## How it was trained

{method}.

A theme is said from the probability that gives it the best F1 out of fold, never below 0.2. Left to
the phrase lexicon, because too few comments carry them or the model adds nothing: {left}.

## Figures

{totals}

{labels}

## Limits

- English only. Spanish and Arabic comments get their themes and sentiment from phrase lexicons,
  with fixed, lower confidence.
- Level 3 of the sentiment mixes "neutral" with "mixed"; it is the least certain.
- A comment is labelled as a whole: praise and blame in one comment are not told apart by theme.
- The labels themselves are not certain: the same wording under the same question had the same
  themes 87 % of the time and the same five-level sentiment 78 % of the time.
- Sarcasm, spelling far from the usual, and topics that no labelled comment holds are missed.
- No figures by age, ethnicity or sex can be given: the data do not hold them.
"""

_ENCODER_CARD: Final = """\
# Model card: {version}

**What it does.** A small neural encoder that reads a patient's comment in English together with the
kind of question asked. It is never read alone: its probabilities for the 32 themes (NHS qualitative
data categorisation framework, v7) and the five levels of sentiment are averaged with those of the
shipped linear model, for the sentiment with a weight. `encoder.onnx` is read by onnxruntime on one
thread, without a GPU, without a network. It is off until it is switched on (`wellheard label
--encoder`, `WELLHEARD_COMMENT_ENCODER=shipped`): the linear model alone is some fifteen times
faster.

**What it is for.** Sorting and counting comments, and finding the ones to read. It is not for
judging a member of staff, nor for deciding on anyone's care. Urgency does **not** come from it:
safety phrases hang on no score. Spanish and Arabic comments are not read by it.

## Where it comes from

Base: {base}. Weights `model.safetensors`, sha256 `{weights}`. They are those of the published model
sentence-transformers/all-MiniLM-L6-v2, by their hash; only these weights and the vocabulary of that
package were read, none of its code. Licence of the weights: Apache-2.0; of the package around them:
MIT. `encoder.onnx`: sha256 `{encoder}`; an encoder with another hash is refused when it is loaded.

{data}

Attribution: {attribution}

## How it was trained

{method}. Rows that read only "Did not answer" were thinned to 60. A comment is cut
to {longest} word pieces. Training ran on a CPU: one run, one seed.

What was chosen, and by what:

{choices}

The encoder's weight in the mean of sentiment: {weight}.

## Figures

Of the **mean of both models**, not of the encoder alone; the encoder as 8 bits, as shipped. One
person and one wording are always on one side. {folds} Calibration and thresholds of a comment were
fitted without its fold. The linear model has the same five folds. n = {rows:,} comments from
{groups:,} groups; in brackets the 95 % interval from {resamples} bootstrap samples of groups.

{totals}

{labels}

## Limits

- The older labelling ({older} comments of other trusts) was learnt before the folds were made,
  without the wordings of four or more words that stand in both files. The linear model's folds
  learn it whole.
- Comments from ambulance, 111, patient transport, mental health and community services in England.
  Elsewhere figures will be lower; measure it on your own labelled comments.
- Why it says a theme cannot be shown by words, as the linear model's reasons can.
- 8-bit sums differ in their last digits from one kind of processor to another; on one machine the
  same comments give the same labels.
- No figures by age, ethnicity or sex can be given: the data do not hold them.
"""

_SCORECARD: Final = """\
# How well the comment engine reads

`wellheard train-comments --evaluate --scorecard FILE` prints this page. It stands for the engine
that is shipped, model **{version}**.{encoder}

{rows:,} labelled NHS comments from {groups:,} groups (one person's answers, and answers with the
same wording, stay together) in five-fold cross-validation: every figure is about comments that the
model had not seen, and the thresholds and calibration were fitted without them too. In brackets:
the 95 % interval from {resamples} bootstrap samples of groups.

## In all

{totals}

The published figures are those of the NHS project that labelled the comments ({source}).
{difference}

"Macro" is the mean over the {frequent} themes with 10 or more labelled comments; the 24 largest are
given beside it. Calibration error is the mean gap between the stated confidence and the share that
proved right.

## By theme

{labels}

A dash: not published, or fewer than 8 labelled comments, so that the theme is left to the phrase
lexicon. Read the interval before you compare two themes: below about 50 comments it is wide.
The phrases for pain, entertainment, noise and light, location and parking were written with these
comments in sight, so those five figures flatter a little.

{mentions}## Languages and urgency

{elsewhere}
"""

_MENTIONS: Final = """\
## Sentiment of each theme

No comment here is labelled theme by theme, so what the engine says of one theme ("staff positive,
waiting negative") can be checked in two indirect ways alone, both with comments that the model had
not seen. **Joined answers**: what one person found good and what that person would change, put
together as one comment; a theme that one of the two answers alone carries has the sentiment that
people gave that answer. The words are real, the seam is ours and easy to find. **One theme**:
comments that turn in the middle and yet carry one theme, which then has the label of the whole.
Counted are themes that were both labelled and found, by the linear engine. Beside it what would be
right if every theme were simply given the sentiment read of the whole comment.

{table}

{reading}

"""
_SOURCES: Final = {"joined": "joined answers", "one_theme": "one theme"}

_BESIDE: Final = """ The columns **with the encoder** are of the mean of
that model and the shipped encoder, which is off until it is switched on, measured in its 8-bit form
with the same rule for groups on {rows:,} of these comments ({groups:,} groups); its model card says
how, and what was chosen by which figures."""

_ELSEWHERE: Final = """\
No labelled comments in Spanish or Arabic are known to us. Themes come from a translated phrase
lexicon with a fixed confidence, sentiment from words of praise and blame with a confidence of at
most 0.5. On 40 comments in each language, written by us without looking at the lexicon, the themes
at first sight had precision 0.77 and recall 0.86 (Spanish), 0.86 and 0.89 (Arabic); the three-level
sentiment was right for 65 % and 55 %. The lexicons were then corrected, so a fresh measurement on
your own comments is needed.

Urgency comes from safety phrases alone. On self-harm and abuse in words that the lexicon had not
seen, many of them indirect hints, each new set was counted once before the lexicon was corrected by
it: the largest (91 phrasings) gave 37 of 47 and 38 of 44, the last (32) 13 of 16 and 13 of 16. On
all phrasings that it has been corrected by, more than 500, at least 95 % are found, which is what
the tests hold. The newest set was written before the lexicon was looked at: of its half that was
never used to correct anything, 15 of 17 on self-harm and 17 of 17 on abuse were found (English 14
of 14, Spanish 10 of 10, Arabic 8 of 10); plain and indirect phrasings of one writer, so it says
little of others. {alerts:.1%} of the real comments here are flagged. So a hit always goes to a
person, and silence proves nothing: read a sample of the comments that were not flagged every
week."""


def figures_in_words(figures: Figures, *, every_theme: bool) -> str:
    """Lines for the console."""
    rows = [f"{name:<44} {_shown(value)}" for name, value in _totals(figures)]
    if every_theme:
        rows += ["", f"{'theme':<28} {'n':>5}  {'precision':>9} {'recall':>7}  F1"]
        rows += [
            f"{label.code:<28} {label.support:>5}  {label.precision:>9.2f} {label.recall:>7.2f}"
            f"  {_shown(label.f1)}"
            for label in _by_support(figures)
        ]
    return "\n".join(rows)


def model_card(
    card: Mapping[str, Any], figures: Figures, *, features: int, left: Sequence[str]
) -> str:
    """MODEL_CARD.md of a model with so many features, that leaves some themes to the lexicon."""
    names = {theme.code: theme.name() for theme in load_taxonomy(NHS)}
    return _CARD.format(
        version=card["version"],
        features=features,
        left=", ".join(names[code] for code in left) or "none",
        method=card["method"],
        data="\n".join(_data_line(source) for source in card["data"]),
        attribution=card["data"][0].get("attribution", "see the source of the file"),
        totals=_table(("figure", "value"), ((name, _shown(v)) for name, v in _totals(figures))),
        labels=_label_table(figures, {}),
    )


def encoder_card(card: Mapping[str, Any], figures: Figures) -> str:
    """MODEL_CARD.md of an encoder; `figures` are of its mean with the linear model."""
    older = sum(source["rows"] for source in card["data"][1:])
    return _ENCODER_CARD.format(
        version=card["version"],
        base=card["base"].get("source") or "not stated",
        weights=card["base"]["weights_sha256"],
        encoder=card["encoder_sha256"],
        data="\n".join(_data_line(source) for source in card["data"]),
        attribution=card["data"][0].get("attribution", "see the source of the file"),
        method=card["method"],
        longest=LONGEST,
        weight=f"{card['fitted']['mood_weight']:.2f}",
        choices="\n".join(f"- {line}" for line in card["choices"]),
        rows=figures.rows,
        groups=figures.groups,
        resamples=RESAMPLES,
        folds=_folds_in_words(card),
        totals=_beside_alone(figures, read_figures(card["linear_alone"])),
        labels=_label_table(figures, {}),
        older=f"{older:,}",
    )


def _folds_in_words(card: Mapping[str, Any]) -> str:
    measured, folds, rows = card["folds_measured"], card["folds"], card["fitted_on"]
    if measured == folds:
        return f"{folds} folds, and the file is one more fit on all {rows:,} comments."
    return (
        f"Of {folds} folds {measured} were fitted and measured, each by an encoder that saw the"
        f" others; the file is the first of these encoders, fitted on {rows:,} comments. There was"
        " no fit on all comments."
    )


def _beside_alone(figures: Figures, alone: Figures) -> str:
    rows = zip(_totals(figures), _totals(alone), strict=True)
    cells = ((name, _shown(both), _shown(linear)) for (name, both), (_, linear) in rows)
    return _table(("figure", "mean of both", "linear model alone, same comments"), cells)


def scorecard_page(
    version: str,
    figures: Figures,
    alerts: float,
    encoder: Figures | None = None,
    mentions: Sequence[MentionFigures] = (),
) -> str:
    """The page that shows every theme beside the published figures, and beside those with an
    `encoder` where there is one; `alerts` is the share of comments that the safety phrases flag."""
    published = json.loads(_PUBLISHED.read_text(encoding="utf-8"))
    return _SCORECARD.format(
        version=version,
        encoder=_BESIDE.format(rows=encoder.rows, groups=encoder.groups) if encoder else "",
        rows=figures.rows,
        groups=figures.groups,
        resamples=RESAMPLES,
        source=published["source"],
        difference=published["difference"],
        frequent=sum(label.support >= MIN_CASES for label in figures.themes.labels),
        totals=_totals_beside(figures, published, encoder),
        labels=_label_table(figures, published["labels"], encoder),
        mentions=_mentions_in_words(mentions) if mentions else "",
        elsewhere=_ELSEWHERE.format(alerts=alerts),
    )


def _mentions_in_words(mentions: Sequence[MentionFigures]) -> str:
    header = ("what", "comments", "themes", "by its clauses", "as the whole comment")
    rows = [
        (f"{_SOURCES[m.source]}: {what}", f"{m.comments:,}", f"{m.mentions:,}", *map(_shown, pair))
        for m in mentions
        for what, pair in (
            ("right of three", (m.tone, m.tone_of_whole)),
            ("right of five", (m.level, m.level_of_whole)),
        )
    ]
    gains = [
        f"{_SOURCES[m.source]} {_points(m.tone.value - m.tone_of_whole.value)}" for m in mentions
    ]
    reading = "Reading by clauses, on three levels: " + "; ".join(gains) + "."
    return _MENTIONS.format(table=_table(header, rows), reading=reading)


def _points(gain: float) -> str:
    word = "better" if gain > 0 else "worse"
    return f"{abs(gain) * 100:.1f} points {word} than one feeling for the whole comment"


def _data_line(source: Mapping[str, Any]) -> str:
    origin = source.get("publisher", "given by the site")
    licence = source.get("licence", "as the site holds it")
    return (
        f"- `{source['file']}`: {source['rows']:,} comments, sha256 `{source['sha256']}`;"
        f" from {origin}; licence {licence}"
    )


def _totals(figures: Figures) -> list[tuple[str, Estimate | float]]:
    themes, sentiment = figures.themes, figures.sentiment
    named = zip(("positive", "neutral or mixed", "negative"), sentiment.tone_f1, strict=True)
    return [
        ("Themes: micro F1", themes.micro),
        ('Themes: micro F1 without "Did not answer"', themes.micro_without_boilerplate),
        ("Themes: macro F1, 10 or more cases", themes.macro),
        ("Themes: macro F1, 24 largest", themes.macro24),
        ("Themes: exactly the right set", themes.exact),
        ("Themes: calibration error", themes.calibration_error),
        ("Sentiment: right of five levels", sentiment.accuracy5),
        ("Sentiment: right of three levels", sentiment.accuracy3),
        ("Sentiment: mean error in levels", sentiment.mean_level_error),
        *((f"Sentiment: F1 {name}", value) for name, value in named),
        ("Sentiment: calibration error", sentiment.calibration_error),
    ]


def _totals_beside(figures: Figures, published: Mapping[str, Any], encoder: Figures | None) -> str:
    theirs = {
        "Themes: micro F1": published["themes"]["micro"],
        'Themes: micro F1 without "Did not answer"': published["themes"][
            "micro_without_boilerplate"
        ],
        "Themes: macro F1, 10 or more cases": f"{published['themes']['macro']} (32 themes)",
        "Themes: exactly the right set": published["themes"]["exact"],
        "Sentiment: right of five levels": published["sentiment"]["accuracy5"],
        "Sentiment: right of three levels": published["sentiment"]["accuracy3"],
    }
    for tone, value in zip(
        ("positive", "neutral or mixed", "negative"), published["sentiment"]["tone_f1"], strict=True
    ):
        theirs[f"Sentiment: F1 {tone}"] = value
    ours = [_totals(each) for each in (figures, encoder) if each]
    rows = (
        (cells[0][0], *(_shown(value) for _, value in cells), str(theirs.get(cells[0][0], "-")))
        for cells in zip(*ours, strict=True)
    )
    engines = ("this engine", *(["with the encoder"] * (len(ours) - 1)))
    return _table(("figure", *engines, "published, their own test"), rows)


def _label_table(
    figures: Figures, published: Mapping[str, float], encoder: Figures | None = None
) -> str:
    names = {theme.code: theme.name() for theme in load_taxonomy(NHS)}
    header = [
        "theme",
        "comments",
        "precision",
        "recall",
        "F1",
        *(["with the encoder: comments", "precision", "recall", "F1"] if encoder else []),
        *(["published F1"] * bool(published)),
    ]
    both = {label.code: label for label in encoder.themes.labels} if encoder else {}
    rows = []
    for label in _by_support(figures):
        shown = _label_cells(names[label.code], label)
        if both:
            shown += _label_cells("", both[label.code])[1:]
        theirs = f"{published[label.code]:.2f}" if label.code in published else "-"
        rows.append([*shown, *([theirs] * bool(published))])
    return _table(header, rows)


def _label_cells(name: str, label: LabelFigures) -> list[str]:
    if not label.precision and not label.recall:
        return [name, str(label.support), "-", "-", "-"]
    return [
        name,
        str(label.support),
        f"{label.precision:.2f}",
        f"{label.recall:.2f}",
        _shown(label.f1),
    ]


def _by_support(figures: Figures) -> list[LabelFigures]:
    return sorted(figures.themes.labels, key=lambda label: -label.support)


def _shown(value: Estimate | float) -> str:
    if isinstance(value, Estimate):
        return f"{value.value:.3f} ({value.low:.3f}-{value.high:.3f})"
    return f"{value:.3f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
