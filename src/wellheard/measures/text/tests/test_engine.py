"""What the engine says of a comment, and that any text is taken."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.text.engine import CURRENT_MODEL, MODELS, Engine, load_engine
from wellheard.measures.text.labelled import TONES
from wellheard.measures.text.model import ModelError, read_model
from wellheard.measures.text.prepared import prepare
from wellheard.measures.text.taxonomy import NHS, WARD_LIFE, load_taxonomy, theme_names

OTHER = Path(__file__).parent / "data" / "other-languages.csv"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine()


@pytest.mark.capability("F12")
@pytest.mark.parametrize(
    "text",
    [
        "Nobody answered the bell, I felt unsafe",
        "Nadie contestó el timbre y no me sentí segura",
        "لم يرد أحد على الجرس ولم أشعر بالأمان",
    ],
)
def test_the_card_from_ward_seven_is_call_bell_and_safety_and_urgent(
    engine: Engine, text: str
) -> None:
    labelled = engine.label_one(text)
    assert {"call_bell", "safety"} <= set(labelled.theme_codes)
    assert labelled.urgent
    assert labelled.sentiment >= 4


@pytest.mark.capability("F12")
def test_every_label_has_a_confidence_and_the_version_names_its_parts(engine: Engine) -> None:
    labelled = engine.label_one("The nurses were kind but I waited five hours for a bed")
    assert {"staff_manner", "timeliness"} <= set(labelled.theme_codes)
    confidences = [theme.confidence for theme in labelled.themes]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < confidence <= 1 for confidence in confidences)
    assert labelled.engine_version == f"{CURRENT_MODEL}+themes-1+safety-1"


def test_nothing_means_praise_or_blame_by_the_question(engine: Engine) -> None:
    assert engine.label_one("Nothing", "What could we do better?").tone == "positive"
    assert engine.label_one("Nothing", "What was good?").tone == "negative"
    assert engine.label_one("Nada", "could_improve").sentiment == 2


def test_praise_is_known(engine: Engine) -> None:
    assert engine.label_one("Wonderful kind staff, thank you so much").is_praise
    assert not engine.label_one("Rude receptionist and a dirty toilet").is_praise
    assert not engine.label_one("Did not answer").is_praise


@pytest.mark.parametrize("text", ["", "   ", "\x00\x00", "😀", "...", "\u202e\u200f"])
def test_a_text_without_words_cannot_be_labelled(engine: Engine, text: str) -> None:
    labelled = engine.label_one(text)
    assert labelled.theme_codes == ("labelling_not_possible",)
    assert (labelled.sentiment, labelled.sentiment_confidence) == (3, 0.0)
    assert labelled.language.code == "und"


@pytest.mark.parametrize(
    "text",
    ["wait " * 10_000, "x" * 50_000, "unsafe\x00 شكرا thanks 😀 " * 2_000, "ا" * 50_000],
)
def test_fifty_thousand_characters_are_read(engine: Engine, text: str) -> None:
    labelled = engine.label_one(text)
    assert labelled.masked_text == text
    assert labelled.urgent is ("unsafe" in text)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gets_a_whole_answer(text: str) -> None:
    labelled = load_engine().label_one(text)
    assert labelled.sentiment in range(1, 6)
    assert labelled.tone in TONES
    assert labelled.urgent == bool(labelled.urgency)
    assert 0 <= labelled.confidence <= 1
    assert set(labelled.theme_codes) <= set(theme_names())


def test_many_comments_are_labelled_as_one_by_one(engine: Engine) -> None:
    texts = ["Kind staff", "", "Comida fría", "Waited for hours", "طعام بارد"] * 150
    together = engine.label(texts)
    assert together[:5] == [engine.label_one(text) for text in texts[:5]]
    assert together[-5:] == together[:5]
    assert engine.label([]) == []


def test_lists_of_different_length_are_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="same length"):
        engine.label(["a", "b"], questions=["what_good"])


def test_the_language_told_decides_only_where_the_text_is_unclear(engine: Engine) -> None:
    assert engine.label_one("bien", language="es").language.code == "es"
    assert engine.label_one("The ward was clean and quiet", language="es").language.code == "en"


def test_a_language_that_is_not_read_gets_no_guessed_mood(engine: Engine) -> None:
    labelled = engine.label_one("Le personnel était très gentil avec nous")
    assert (labelled.language.code, labelled.sentiment_confidence) == ("fr", 0.0)


@pytest.mark.parametrize("language", ["es", "ar"])
def test_themes_and_tone_of_other_languages_hold(engine: Engine, language: str) -> None:
    with OTHER.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["language"] == language]
    hits = said = true = tones = 0
    for row in rows:
        labelled = engine.label_one(row["text"])
        wanted, found = set(filter(None, row["themes"].split("|"))), set(labelled.theme_codes)
        hits, said, true = hits + len(wanted & found), said + len(found), true + len(wanted)
        tones += labelled.tone == row["tone"]
        assert labelled.sentiment_confidence <= 0.5
    assert 2 * hits / (said + true) >= 0.85
    assert tones / len(rows) >= 0.8


def test_every_trained_label_is_a_theme_with_names_in_three_languages(engine: Engine) -> None:
    assert engine.model.labels == tuple(theme.code for theme in load_taxonomy(NHS))
    assert len(engine.model.labels) == 32
    for code in (NHS, WARD_LIFE):
        taxonomy = load_taxonomy(code)
        assert all(set(theme.names) == {"en", "es", "ar"} for theme in taxonomy)
        assert all(theme.group in taxonomy.groups for theme in taxonomy)
    assert set(engine.phrases.groups) <= set(theme_names())


def test_the_shipped_card_meets_its_bars(engine: Engine) -> None:
    themes, sentiment = (engine.model.card["figures"][part] for part in ("themes", "sentiment"))
    assert themes["micro"]["value"] >= 0.75
    assert themes["macro"]["value"] >= 0.57
    assert sentiment["accuracy5"]["value"] >= 0.66
    assert sentiment["accuracy3"]["value"] >= 0.82
    assert themes["calibration_error"] <= 0.05
    assert sentiment["calibration_error"] <= 0.05


def test_a_damaged_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        read_model(tmp_path / "nowhere")
    for name in ("card.json", "vocabulary.json", "weights.npz"):
        (tmp_path / name).write_bytes((MODELS / CURRENT_MODEL / name).read_bytes())
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    (tmp_path / "card.json").write_text(json.dumps({**card, "format": "other"}), encoding="utf-8")
    with pytest.raises(ModelError, match="format 'other'"):
        read_model(tmp_path)
    (tmp_path / "card.json").write_text(json.dumps({**card, "labels": ["one"]}), encoding="utf-8")
    with pytest.raises(ModelError, match="do not fit"):
        read_model(tmp_path)


def test_sentiment_probabilities_sum_to_one(engine: Engine) -> None:
    scores = engine.model.scores([], [])
    assert scores.themes.shape == (0, 32)
    scores = engine.model.scores([prepare("Kind staff"), prepare("")], ["nonspecific"] * 2)
    assert np.allclose(scores.sentiment.sum(axis=1), 1.0, atol=1e-5)
