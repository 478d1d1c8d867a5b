"""The readmission model on patients it has not seen, and files with something wrong in them."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wellheard.measures.errors import TooFewPoints, UnknownColumn
from wellheard.measures.risk.commands import predict, train_readmission
from wellheard.measures.risk.quality import assess
from wellheard.measures.risk.readmission.comorbidity import comorbidity
from wellheard.measures.risk.readmission.features import EXCLUDED, example_of, feature_names
from wellheard.measures.risk.readmission.model import load, score
from wellheard.measures.risk.readmission.reading import read_discharges, was_readmitted
from wellheard.measures.risk.readmission.training import folds_of, held_back, train

HELD_BACK = Path(__file__).parent / "data" / "readmission" / "held-back.csv.gz"


@pytest.fixture(scope="module")
def found():
    return read_discharges(HELD_BACK, outcome=True)


@pytest.fixture(scope="module")
def scored(found):
    return score(load()[0], found)


@pytest.fixture(scope="module")
def rows():
    with gzip.open(HELD_BACK, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written(tmp_path, rows, *, without=()):
    names = [name for name in rows[0] if name not in without]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "discharges.csv"
    path.write_text(text.getvalue(), "utf-8")
    return path


@pytest.mark.capability("F05")
def test_card_of_the_shipped_model_keeps_its_promise():
    card = load()[1]
    assert card.quality.auc.estimate >= 0.660 and card.quality.auc.low >= 0.660
    assert card.quality.brier.estimate <= 0.0970
    assert card.quality.slope.low >= 0.9 and card.quality.slope.high <= 1.1
    assert card.quality.ece <= 0.010
    assert card.quality.clusters < card.quality.n and "cluster" in card.quality.method


@pytest.mark.capability("F05")
def test_shipped_model_holds_on_patients_it_has_not_seen(found, scored):
    assert all(held_back(row["patient_nbr"]) for row in found.rows)
    card = load()[1]
    p = [each.prediction.probability for each in scored]
    y = [float(was_readmitted(row)) for row in found.rows]
    patients = [row["patient_nbr"] for row in found.rows]
    quality = assess(p, y, patients, draws=100)
    # 2,700 discharges say little alone: the promise must lie within what they allow.
    assert quality.auc.low > 0.6 and quality.auc.low < card.quality.auc.estimate < quality.auc.high
    assert quality.slope.low < 1 < quality.slope.high
    assert quality.intercept.low < 0 < quality.intercept.high


@pytest.mark.capability("F05")
def test_model_looks_at_nothing_it_must_not(found):
    names = set(feature_names())
    assert not names & {"race", "gender", "payer_code", "weight", "encounter_id", "patient_nbr"}
    assert {"race", "genetic data"} <= set(EXCLUDED)
    row = found.rows[0]
    other = {**row, "race": "Asian", "gender": "Male", "payer_code": "MD", "weight": "[50-75)"}
    assert example_of(other) == example_of(row)


@pytest.mark.capability("F05")
def test_card_shows_error_by_group_with_intervals():
    groups = load()[1].groups
    assert {"race", "sex", "age"} <= set(groups)
    large = [each for each in groups["race"] if each.verdict != "too_few"]
    assert len(large) >= 4 and all(each.observed.low < each.observed.high for each in large)


def test_people_who_died_or_went_to_a_hospice_are_left_out(found, rows):
    cannot = {"11", "13", "14", "19", "20", "21"}
    expected = sum(row["discharge_disposition_id"] in cannot for row in rows)
    assert len(found.left_out) == expected > 0
    assert len(found.rows) + expected == len(rows) and not found.faults


def test_patient_is_in_one_fold_only_whatever_the_order():
    patients = ["a", "b", "a", "c", "b"]
    folds = folds_of(patients)
    assert folds[0] == folds[2] and folds[1] == folds[4]
    assert list(folds_of(patients[::-1])) == list(folds[::-1])


def test_prediction_says_what_moved_it(scored):
    highest = max(scored, key=lambda each: each.prediction.probability)
    assert highest.prediction.probability > 0.3
    assert highest.prediction.reasons[0].effect > 0
    assert abs(highest.prediction.reasons[0].effect) >= abs(highest.prediction.reasons[-1].effect)


@pytest.mark.capability("F05")
@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("age", "75", "is not a known code"),
        ("admission_type_id", "99", "is not a known code"),
        ("time_in_hospital", "NaN", "is not a whole number"),
        ("time_in_hospital", "-3", "must lie between 0 and 365"),
        ("num_medications", "", "is not a whole number"),
        ("number_inpatient", "900", "must lie between 0 and 120"),
        ("diag_1", "heart", "is no ICD-9 code"),
        ("insulin", "Maybe", "is not a known code"),
        ("patient_nbr", "", "needs a number or code"),
        ("readmitted", "yes", "must be one of"),
        ("medical_specialty", "", "is empty"),
    ],
)
def test_wrong_cell_is_named_with_its_line_and_the_rest_is_used(
    tmp_path, rows, column, cell, reason
):
    few = [dict(row) for row in rows[:6] if row["discharge_disposition_id"] != "11"]
    few[2][column] = cell
    found = read_discharges(written(tmp_path, few), outcome=True)
    (fault,) = found.faults
    assert (fault.line, fault.column) == (4, column) and reason in fault.reason
    assert cell not in fault.reason or len(cell) < 3
    assert len(found.rows) + len(found.left_out) == len(few) - 1


def test_encounter_given_twice_and_short_row_are_named(tmp_path, rows):
    path = written(tmp_path, [rows[0], rows[1], rows[0]])
    path.write_text(path.read_text("utf-8") + "1,2\n", "utf-8")
    found = read_discharges(path, outcome=True)
    assert [(f.line, f.column) for f in found.faults] == [(4, "encounter_id"), (5, "")]
    assert "line 2" in found.faults[0].reason


def test_missing_columns_are_named_all_at_once(tmp_path, rows):
    path = written(tmp_path, rows[:2], without=("age", "diag_1"))
    with pytest.raises(UnknownColumn) as caught:
        read_discharges(path, outcome=True)
    assert "age" in caught.value.argument and "diag_1" in caught.value.argument


def test_file_with_too_few_events_trains_nothing(found):
    small = type(found)(found.rows[:200], found.lines[:200], [], [])
    with pytest.raises(TooFewPoints):
        train(small, version="x", owner="x", review_by="2027-01-01")


@pytest.mark.capability("F05")
def test_command_trains_prints_the_card_and_the_model_predicts(tmp_path):
    run = CliRunner()
    out = tmp_path / "own"
    arguments = [str(HELD_BACK), "--out", str(out), "--draws", "100", "--json"]
    trained = run.invoke(
        train_readmission, [*arguments, "--owner", "Dr Demo", "--review-by", "2027-06-01"]
    )
    assert trained.exit_code == 0, trained.output
    card = json.loads(trained.stdout)
    assert card["owner"] == "Dr Demo" and card["quality"]["auc"]["estimate"] > 0.55
    assert "Model card" in (out / "MODEL_CARD.md").read_text("utf-8")
    told = run.invoke(predict, ["readmission", str(HELD_BACK), "--model", str(out), "--json"])
    page = json.loads(told.stdout)
    assert page["rows"] == len(page["predictions"]) == 2700 and page["errors"] == []
    assert all(0 < each["probability"] < 1 for each in page["predictions"])
    # on the rows it learned from a model looks better than it is
    assert page["quality"]["auc"]["estimate"] > card["quality"]["auc"]["estimate"]


@pytest.mark.capability("F05")
def test_command_refuses_another_use():
    told = CliRunner().invoke(
        predict, ["readmission", str(HELD_BACK), "--use", "deny_admission", "--json"]
    )
    assert told.exit_code == 2 and "deny_admission" in told.output


@pytest.mark.parametrize(
    ("codes", "index"),
    [
        (["250.83", "?", "?"], 1),
        (["250.40", "250.01", "428"], 4),
        (["197", "162", "?"], 6),
        (["585", "586", "496"], 6),
        (["410", "412", "V57"], 1),
    ],
)
def test_comorbidity_counts_each_condition_once_and_the_graver_form(codes, index):
    assert comorbidity(codes) == index
