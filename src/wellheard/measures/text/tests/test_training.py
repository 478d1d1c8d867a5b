"""Training: what it reads, how it groups, and that the shipped form gives the same scores."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from wellheard.measures.text.engine import load_engine
from wellheard.measures.text.model import FORMAT, SENTIMENT_LEVELS, read_model, write_model
from wellheard.measures.text.prepared import prepare

pytest.importorskip("sklearn", reason="training needs scikit-learn")

from wellheard.measures.text.training import make_card, pack_model
from wellheard.measures.text.training.calibrate import (
    NEVER,
    expected_calibration_error,
    fit_mood_weight,
    fit_platt,
    fit_temperature,
    fit_thresholds,
)
from wellheard.measures.text.training.data import (
    LabelledComments,
    TrainingDataError,
    TransferComments,
    apart_from,
    group_rows,
    read_labelled,
    read_transfer,
)
from wellheard.measures.text.training.evaluate import (
    Calibration,
    Judged,
    assign_folds,
)
from wellheard.measures.text.training.figures import measure, tone_of
from wellheard.measures.text.training.fit import fit_features, fit_model
from wellheard.measures.text.training.mentions import (
    Mention,
    Told,
    count_mentions,
    joined_answers,
    mentions_in,
    read_mentions,
    single_themes,
)

TEXTS = [
    ("Lovely kind nurses", "Staff manner & personal attributes", 1),
    ("Kind and lovely staff, thank you", "Staff manner & personal attributes", 1),
    ("Kind nurses, kind doctors", "staff_manner", 2),
    ("Long wait for the doctor", "Timeliness of care", 4),
    ("We had a long wait, too long", "Timeliness of care", 5),
    ("Long long wait", "timeliness;staff_manner", 4),
    ("The food was cold", "Food & drink provision & facilities", 4),
    ("Cold food and a cold room", "Food & drink provision & facilities", 5),
    ("Nothing", "", 3),
    ("Nothing at all", "", 3),
]


def write_csv(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
    return path


@pytest.fixture
def comments(tmp_path: Path) -> LabelledComments:
    header = ["respondent_id", "text", "question_type", "sentiment", "labels_v7"]
    rows = [[str(i), t, "what_good", str(s), themes] for i, (t, themes, s) in enumerate(TEXTS)]
    return read_labelled(write_csv(tmp_path / "labelled.csv", header, rows))


@pytest.fixture
def transfer(tmp_path: Path) -> TransferComments:
    header = ["trust", "question", "text", "label", "subcategory", "criticality"]
    rows = [
        ["A", "q", text, "Staff" if "kind" in text.lower() else "Care", "x", str(i % 5 - 2)]
        for i, (text, *_) in enumerate(TEXTS * 3)
    ]
    return read_transfer(write_csv(tmp_path / "older.csv", header, rows))


def test_the_shipped_model_scores_as_scikit_learn_does(
    comments: LabelledComments, transfer: TransferComments, tmp_path: Path
) -> None:
    maker = fit_features([*comments.documents, *transfer.documents])
    every = np.arange(len(comments))
    linear = fit_model(maker, comments, every, transfer)
    wanted = linear.margins(maker.matrix(comments.documents))

    labels = len(comments.labels)
    plain = Calibration(np.ones((2, labels)), np.full(labels, 0.5), 1.0)
    card = {"version": "t", "labels": list(comments.labels), "format": FORMAT}
    model = pack_model(maker, linear, plain, card)
    prepared = [prepare(document.text) for document in comments.documents]
    kinds = [document.kind for document in comments.documents]
    assert np.allclose(model.margins(prepared, kinds), wanted, atol=1e-5)

    write_model(tmp_path / "model", model, maker.vocabulary())
    assert np.allclose(read_model(tmp_path / "model").margins(prepared, kinds), wanted, atol=5e-3)


def test_the_same_comments_give_the_same_weights(
    comments: LabelledComments, transfer: TransferComments
) -> None:
    maker = fit_features(comments.documents)
    every = np.arange(len(comments))
    first, second = (fit_model(maker, comments, every, transfer) for _ in range(2))
    assert np.array_equal(first.weights, second.weights)


def test_themes_are_read_by_name_and_by_code(comments: LabelledComments) -> None:
    index = {code: i for i, code in enumerate(comments.labels)}
    assert comments.themes[:, index["staff_manner"]].tolist() == [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert comments.sentiment.tolist() == [1, 1, 2, 4, 5, 4, 4, 5, 3, 3]


def test_one_respondent_and_one_wording_stay_together() -> None:
    same = "The staff were very kind"
    groups = group_rows(
        ["a", "a", "b", "c", "d", "e"],
        ["First", same, same.upper() + "!", "Nothing", "Nothing", "The staff were very rude"],
    )
    assert groups[0] == groups[1] == groups[2]
    assert len({groups[2], groups[3], groups[4], groups[5]}) == 4
    folds = assign_folds(groups)
    assert folds[0] == folds[1] == folds[2]


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        (["text"], [["a"]], "needs the columns"),
        (["text", "themes"], [["a", "no such theme"]], "no row carries a theme"),
        (["text", "themes"], [], "holds no rows"),
    ],
)
def test_a_training_file_without_labels_is_refused(
    tmp_path: Path, header: list[str], rows: list[list[str]], said: str
) -> None:
    with pytest.raises(TrainingDataError, match=said):
        read_labelled(write_csv(tmp_path / "bad.csv", header, rows))


def test_an_older_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="lacks the columns criticality, label"):
        read_transfer(write_csv(tmp_path / "bad.csv", ["text", "question"], [["a", "b"]]))


def test_calibration_recovers_the_truth_it_was_drawn_from() -> None:
    random = np.random.default_rng(3)
    margins = random.normal(size=(4_000, 1)) * 2
    answers = (random.random((4_000, 1)) < 1 / (1 + np.exp(-(1.5 * margins - 1)))).astype(np.int64)
    slope, offset = fit_platt(margins, answers)[:, 0]
    assert slope == pytest.approx(1.5, abs=0.15)
    assert offset == pytest.approx(-1.0, abs=0.15)


def test_temperature_cools_an_overconfident_model() -> None:
    random = np.random.default_rng(4)
    truth = random.normal(size=(3_000, SENTIMENT_LEVELS))
    shares = np.exp(truth) / np.exp(truth).sum(axis=1, keepdims=True)
    levels = np.array([random.choice(SENTIMENT_LEVELS, p=row) for row in shares]) + 1
    assert fit_temperature(truth * 3, levels) == pytest.approx(3.0, rel=0.1)


def test_thresholds_leave_to_the_lexicon_what_the_model_cannot_add() -> None:
    answers = np.array([[1, 1, 1]] * 10 + [[0, 0, 0]] * 30)
    answers[7:, 2] = 0
    probabilities = np.where(answers == 1, 0.6, 0.2).astype(np.float64)
    given = np.zeros_like(answers)
    given[:10, 1] = 1
    thresholds = fit_thresholds(probabilities, answers, given)
    assert 0.2 < thresholds[0] <= 0.6
    assert thresholds[1] == thresholds[2] == NEVER


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    confidence = np.array([0.9] * 10)
    assert expected_calibration_error(confidence, np.array([True] * 9 + [False])) < 1e-9
    assert expected_calibration_error(confidence, np.array([False] * 10)) == pytest.approx(0.9)


def test_figures_of_perfect_and_of_silent_answers(comments: LabelledComments) -> None:
    sentiment = np.eye(SENTIMENT_LEVELS)[comments.sentiment - 1]
    perfect = measure(comments, Judged(comments.themes * 1.0, comments.themes, sentiment))
    assert perfect.themes.micro.value == perfect.themes.exact.value == 1.0
    assert perfect.sentiment.accuracy5.value == perfect.sentiment.accuracy3.value == 1.0
    silent = measure(
        comments, Judged(comments.themes * 0.0, np.zeros_like(comments.themes), sentiment[:, ::-1])
    )
    assert silent.themes.micro.value == 0.0
    assert silent.sentiment.accuracy3.value == 0.2
    assert tone_of(np.array([1, 2, 3, 4, 5])).tolist() == [0, 0, 1, 2, 2]


def test_the_card_names_its_data(comments: LabelledComments) -> None:
    judged = Judged(
        comments.themes * 1.0, comments.themes, np.eye(SENTIMENT_LEVELS)[comments.sentiment - 1]
    )
    card = make_card(comments, None, measure(comments, judged), "own-1")
    assert (card["version"], card["data"][0]["rows"]) == ("own-1", 10)
    assert len(card["data"][0]["sha256"]) == 64


def test_wordings_of_the_labelled_comments_are_left_out_of_the_older_ones(
    comments: LabelledComments, transfer: TransferComments
) -> None:
    kept = apart_from(transfer, comments)
    assert {d.text for d in kept.documents} == {
        "Lovely kind nurses", "Long long wait", "Nothing", "Nothing at all"
    }  # fmt: skip
    assert len(kept.documents) == len(kept.tags) == len(kept.criticality) == 12


ANSWERS = [
    ("a", "what_good", "The nurses were kind. They stayed.", "staff_manner", "1"),
    ("a", "could_improve", "We had to wait for four hours", "timeliness", "5"),
    ("b", "what_good", "The nurses were kind and warm", "staff_manner;timeliness", "2"),
    ("b", "could_improve", "The wait was long and dull", "timeliness", "4"),
    ("c", "what_good", "The doctor was kind but the wait was long", "staff_manner", "3"),
    ("d", "could_improve", "No feeling is labelled. None at all.", "timeliness", ""),
]


@pytest.fixture
def answers(tmp_path: Path) -> LabelledComments:
    header = ["respondent_id", "question_type", "text", "themes", "sentiment"]
    return read_labelled(write_csv(tmp_path / "answers.csv", header, [list(r) for r in ANSWERS]))


def test_two_answers_are_joined_where_each_has_a_theme_of_its_own(
    answers: LabelledComments,
) -> None:
    (told,) = joined_answers(answers)
    assert told.text == "The nurses were kind. They stayed. We had to wait for four hours"
    assert told.truth == {"staff_manner": 1, "timeliness": 5} and told.kind == "nonspecific"


def test_comments_with_one_theme_that_turn_are_read_as_a_whole(answers: LabelledComments) -> None:
    assert [(told.row, told.truth) for told in single_themes(answers)] == [
        (0, {"staff_manner": 1}),
        (4, {"staff_manner": 3}),
    ]


def test_feeling_by_theme_is_counted_where_the_theme_was_found() -> None:
    text = "The nurses were lovely and kind. We waited four hours, which is far too long"
    told = Told(7, text, "nonspecific", {"staff_manner": 1, "timeliness": 5, "parking": 4})
    said = load_engine().label([text], questions=["nonspecific"], closely=True)[0]
    by_code = said.details.sentiments
    assert {mention.true: mention.said for mention in mentions_in(told, said)} == {
        1: by_code["staff_manner"],
        5: by_code["timeliness"],
    }


def test_figures_of_mentions_stand_beside_those_of_the_whole_comment() -> None:
    listed = [Mention(0, 1, 2, 4), Mention(0, 5, 4, 4), Mention(1, 3, 3, 3)]
    figures = count_mentions("joined", np.array([0, 1]), listed)
    assert (figures.comments, figures.mentions) == (2, 3)
    assert figures.tone.value == 1 and figures.tone_of_whole.value == pytest.approx(2 / 3, abs=1e-4)
    assert figures.level.value == figures.level_of_whole.value == pytest.approx(1 / 3, abs=1e-4)
    assert read_mentions(asdict(figures)) == figures


def test_the_model_that_is_right_more_often_weighs_more() -> None:
    random = np.random.default_rng(3)
    levels = random.integers(1, 6, 400)
    blind = np.full((400, 5), 0.2)
    sure = np.where(np.eye(5)[(levels - 1 + (random.random(400) < 0.1)) % 5] == 1, 0.96, 0.01)
    assert fit_mood_weight(blind, sure, levels) > 0.8
    assert fit_mood_weight(sure, blind, levels) < 0.2
    unknown = np.where(np.arange(400) < 200, levels, 0)
    kept = fit_mood_weight(blind[:200], sure[:200], levels[:200])
    assert fit_mood_weight(blind, sure, unknown) == pytest.approx(kept)
