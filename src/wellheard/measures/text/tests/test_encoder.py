"""The encoder at run time: word pieces, padding, and the mean of both models. A tiny encoder of a
few words stands for the trained one: the same file format, read by the same runtime."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.text.commands import label
from wellheard.measures.text.encoder import (
    CURRENT_ENCODER,
    LONGEST,
    encode,
    encoder_folder,
    load_encoder,
    pad,
)
from wellheard.measures.text.engine import load_engine
from wellheard.measures.text.model import ModelError
from wellheard.measures.text.prepared import prepare
from wellheard.measures.text.taxonomy import NHS, load_taxonomy
from wellheard.measures.text.wordpiece import WordPieces

TINY = Path(__file__).parent / "data" / "tiny-encoder"
DATA: Final = Path(__file__).parents[5] / "data" / "comments"
SENTIMENT_FLOOR: Final = 0.75
THEME_FLOOR: Final = 0.7
PIECES = WordPieces(
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "want", "##ed", ",", "cafe", "漢"]
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("unaffable", [4, 5, 6]),
        ("UNwanted, wanted", [1, 9, 7, 8]),
        ("café", [10]),
        ("漢漢", [11, 11]),
        ("want\x00ed", [7, 8]),
        ("want\u200b", [7]),
        ("x" * 101, [1]),
        ("", []),
    ],
)
def test_word_pieces_are_those_of_the_published_rules(text: str, numbers: list[int]) -> None:
    assert PIECES.numbers(text) == numbers


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_any_text_is_encoded_within_the_longest(text: str) -> None:
    ids, segments = encode(PIECES, text, "nonspecific")
    assert len(ids) == len(segments) <= LONGEST and ids[0] == 2 and ids[-1] == 3


def test_padding_is_masked() -> None:
    ids, segments, mask = pad([([2, 7, 3], [0, 1, 1]), ([2], [0])])
    assert ids.tolist() == [[2, 7, 3], [2, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]] and segments.shape == (2, 3)


def test_margins_do_not_depend_on_what_else_is_read() -> None:
    encoder = load_encoder(TINY)
    texts = ["parking was full", "the nurse was kind " * 30, "cold"]
    kinds = ["nonspecific"] * 3
    together = encoder.margins(texts, kinds)
    for row, text in enumerate(texts):
        np.testing.assert_allclose(encoder.margins([text], kinds[:1])[0], together[row], rtol=1e-5)


@pytest.mark.capability("A26")
def test_engine_with_encoder_says_the_mean_of_both() -> None:
    plain, both = load_engine(), load_engine(encoder=TINY)
    text, kind = "parking was full", "nonspecific"
    linear = plain.model.scores([prepare(text)], [kind])
    mine = load_encoder(TINY).scores([text], [kind])
    column = plain.model.labels.index("parking")
    expected = float((linear.themes[0, column] + mine.themes[0, column]) / 2)
    said = {theme.code: theme.confidence for theme in both.label_one(text).themes}
    assert said["parking"] == pytest.approx(expected, abs=1e-3)
    assert both.version.endswith("+tiny") and "tiny" not in plain.version
    assert plain.encoder is None


def test_sentiment_is_the_weighed_mean_of_both() -> None:
    engine, kinds, texts = load_engine(encoder=TINY), ["nonspecific"], ["the nurse was kind"]
    linear = engine.model.scores([prepare(texts[0])], kinds)
    assert engine.encoder is not None and engine.encoder.mood_weight == 0.75
    mine = engine.encoder.scores(texts, kinds)
    found = engine.encoder.averaged(linear, texts, kinds).sentiment
    np.testing.assert_allclose(found, (linear.sentiment + 3 * mine.sentiment) / 4, rtol=1e-5)


def test_safety_and_masking_do_not_hang_on_the_encoder() -> None:
    said = load_engine(encoder=TINY).label_one("I want to kill myself. Call me on 312 555 0148")
    assert said.urgent and "555" not in said.masked_text


@pytest.mark.parametrize("broken", ["card.json", "vocabulary.txt", "encoder.onnx"])
def test_a_damaged_encoder_is_refused_in_one_line(tmp_path: Path, broken: str) -> None:
    folder = shutil.copytree(TINY, tmp_path / "encoder")
    (folder / broken).write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot read the encoder"):
        load_encoder(folder)


def test_an_encoder_that_its_card_was_not_written_for_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(TINY, tmp_path / "encoder")
    with (folder / "encoder.onnx").open("ab") as file:
        file.write(b"\x00")
    with pytest.raises(ModelError, match="its card was written for"):
        load_encoder(folder)


def test_a_setting_names_the_shipped_encoder_another_or_none() -> None:
    assert encoder_folder("") is None
    assert encoder_folder("shipped") == CURRENT_ENCODER
    assert encoder_folder("/srv/mine") == Path("/srv/mine")


class Sample(NamedTuple):
    """Every 61st real comment that has a level of sentiment, with what people said of it."""

    texts: list[str]
    kinds: list[str]
    themes: list[set[str]]
    sentiment: list[int]


@pytest.fixture(scope="module")
def sample() -> Sample:
    with (DATA / "comments-train.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["sentiment"]][::61]
    codes = {theme.source_name: theme.code for theme in load_taxonomy(NHS)}
    return Sample(
        [row["text"] for row in rows],
        [row["question_type"] for row in rows],
        [{codes[name] for name in row["labels_v7"].split("|") if name} for row in rows],
        [int(row["sentiment"]) for row in rows],
    )


def test_the_shipped_encoder_reads_real_comments_alike_each_time(sample: Sample) -> None:
    """A floor for the file that ships, which has seen these comments: damage, a mixed-up vocabulary
    or wrong order of labels falls far below. How it reads what it has not seen stands in its card.
    """
    encoder = load_encoder(CURRENT_ENCODER)
    first = encoder.scores(sample.texts, sample.kinds)
    again = encoder.scores(sample.texts, sample.kinds)
    np.testing.assert_array_equal(first.themes, again.themes)
    np.testing.assert_array_equal(first.sentiment, again.sentiment)
    right = first.sentiment.argmax(axis=1) + 1 == np.array(sample.sentiment)
    assert right.mean() >= SENTIMENT_FLOOR
    true = np.array([[code in said for code in encoder.labels] for said in sample.themes])
    said = first.themes >= 0.5
    assert 2 * (true & said).sum() / (true.sum() + said.sum()) >= THEME_FLOOR


# What was asked of both models together, over all five folds.
BARS: Final = {
    ("themes", "micro"): 0.78,
    ("themes", "macro"): 0.62,
    ("sentiment", "accuracy5"): 0.72,
    ("sentiment", "accuracy3"): 0.87,
}


def test_the_card_of_the_shipped_encoder_holds_its_figures_and_where_it_comes_from() -> None:
    card = load_encoder(CURRENT_ENCODER).card
    for (part, figure), bar in BARS.items():
        ours, before = card["figures"][part][figure], card["linear_alone"][part][figure]
        assert ours["low"] < ours["value"] < ours["high"]
        assert ours["value"] > before["value"] and ours["value"] >= bar
    # The same comments in the same folds as the linear model that ships.
    assert card["linear_alone"] == load_engine().model.card["figures"]
    assert card["figures"]["rows"] == 5175
    assert card["folds_measured"] == card["folds"] == 5
    assert card["base"]["weights_sha256"].startswith("53aa5117")
    assert "wheel" in card["base"]["source"] and card["choices"]
    assert tuple(card["labels"]) == load_engine().model.labels


def test_label_takes_an_encoder(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\nparking was full\n", encoding="utf-8")
    arguments = [str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"), "--json"]
    said = CliRunner().invoke(label, [*arguments, "--encoder", str(TINY)])
    assert json.loads(said.output)["engine"].endswith("+tiny")
    with_shipped = CliRunner().invoke(label, [*arguments, "--encoder"])
    assert json.loads(with_shipped.output)["engine"].endswith(f"+{CURRENT_ENCODER.name}")
    missing = CliRunner().invoke(label, [*arguments, "--encoder", str(tmp_path / "none")])
    assert missing.exit_code == 2 and "cannot read the encoder" in missing.output
