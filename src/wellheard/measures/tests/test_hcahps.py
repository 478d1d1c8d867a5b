"""HCAHPS definitions, scoring, adjustment and stars against published hospital figures."""

import csv
import gzip
import itertools
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.errors import (
    EmptyData,
    OutOfRange,
    TooFewPoints,
    UnknownColumn,
    UnknownName,
)
from wellheard.measures.hcahps import (
    Quarter,
    cut_points,
    estimate_mix_table,
    hospital_report,
    house_stars,
    mix_adjustment,
    mode_adjustment,
    read_mix_table,
    read_mode_table,
    star_of,
    summary_star,
)
from wellheard.measures.instruments import available_instruments, hcahps_on, instrument
from wellheard.measures.instruments.scoring import (
    completeness,
    linear_values,
    published_boxes,
    rounded_half_up,
    score_measure,
)

CMS = Path(__file__).parent / "data" / "cms"
OLD, NEW = instrument("hcahps-29"), instrument("hcahps-32")
COLUMNS = {
    "H_COMP_1": "H_COMP_1", "H_COMP_2": "H_COMP_2", "H_COMP_3": "H_COMP_3",
    "H_COMP_5": "H_COMP_5", "H_COMP_6": "H_COMP_6", "H_COMP_7": "H_COMP_7",
    "H_CLEAN": "H_CLEAN", "H_QUIET": "H_QUIET",
    "H_HSP_RATING": "H_HSP_RATING", "H_RECMND": "H_RECMND",
}  # fmt: skip


@pytest.fixture(scope="module")
def hospitals():
    path = CMS / "hcahps_hospital_wide_2016-10_2017-09.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.capability("L01")
@pytest.mark.capability("B17")
def test_every_published_star_and_summary_star_comes_out(hospitals):
    table = cut_points("2018-07")
    summaries = stars = 0
    for row in hospitals:
        ours = {
            code: star_of(int(row[f"{column}_LINEAR_SCORE"]), code, table)
            for code, column in COLUMNS.items()
        }
        for code, column in COLUMNS.items():
            if row[f"{column}_STAR_RATING"]:
                stars += 1
                assert ours[code] == int(row[f"{column}_STAR_RATING"])
        if row["H_STAR_RATING"]:
            summaries += 1
            assert summary_star(ours, OLD) == int(row["H_STAR_RATING"])
    assert (len(hospitals), summaries) == (3462, 2761)
    assert stars == 2761 * 10


def test_published_boxes_always_total_a_hundred(hospitals):
    for row in hospitals:
        top, middle, bottom = (int(row[f"H_COMP_1_{box}_P"]) for box in ("A", "U", "SN"))
        assert published_boxes(top / 100, bottom / 100, middle=True) == (top, middle, bottom)
        linear = int(row["H_COMP_6_LINEAR_SCORE"])
        assert published_boxes(linear / 100, 0, middle=False) == (linear, 0, 100 - linear)


def test_summary_star_of_260057_by_hand():
    stars = dict(zip(COLUMNS, (3, 2, 3, 2, 4, 3, 3, 3, 2, 2), strict=True))
    assert summary_star(stars, OLD) == 3
    assert summary_star({**stars, "H_CLEAN": None}, OLD) is None
    with pytest.raises(UnknownName, match="Summary Star"):
        summary_star(stars, NEW)


def test_each_questionnaire_has_its_items_and_dates():
    assert (len(OLD.items), len(NEW.items)) == (29, 32)
    assert hcahps_on(date(2024, 12, 31)) is OLD
    assert hcahps_on(date(2025, 1, 1)) is NEW
    assert [item.code for item in OLD.items.values()] == [f"q{i}" for i in range(1, 30)]
    assert len([item for item in OLD.items.values() if item.role == "core"]) == 19
    with pytest.raises(UnknownName, match="2010"):
        hcahps_on(date(2010, 1, 1))


@pytest.mark.parametrize("code", available_instruments())
def test_every_instrument_is_whole(code):
    found = instrument(code)
    assert found.source
    assert found.notes
    for measure in found.measures.values():
        scales = {bool(found.items[item].scale.middle) for item in measure.items}
        assert len(scales) == 1, "one measure must not mix scales with and without a middle box"
        assert all(found.items[item].scale.top for item in measure.items)


def test_linear_values_of_every_scale():
    for scale, expected in (
        ("q1", [0, 100 / 3, 200 / 3, 100]),
        ("q16", [0, 100]),
        ("q18", [10 * r for r in range(11)]),
    ):
        definition = OLD.items[scale].scale
        codes = np.arange(definition.first, definition.last + 1, dtype=float)
        assert list(linear_values(codes, definition)) == pytest.approx(expected)


def test_a_composite_is_the_mean_of_its_items_not_pooled_answers():
    nan = np.nan
    answers = {"q4": [4, 4, 4, 1], "q11": [nan, nan, 1, 4]}
    score = score_measure(answers, OLD, "H_COMP_3")
    assert score.top == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert score.n == 4
    assert [item.n for item in score.items] == [4, 2]
    assert score.low < score.top < score.high
    assert score.linear == pytest.approx((75 + 50) / 2)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([1, 2, 3, 4])] * 3), min_size=1, max_size=60))
def test_linear_mean_lies_between_the_bounds_the_boxes_give(rows):
    answers = {f"q{i}": [row[i - 1] for row in rows] for i in (1, 2, 3)}
    score = score_measure(answers, OLD, "H_COMP_1")
    low = 100 * score.top + 200 / 3 * score.middle
    assert low - 1e-9 <= score.linear <= low + 100 / 3 * score.bottom + 1e-9
    assert score.top + score.middle + score.bottom == pytest.approx(1)
    assert 0 <= score.low <= score.high <= 1


def test_completeness_leaves_out_questions_a_screener_skips():
    answers = {f"q{i}": [1.0] for i in range(1, 23)}
    answers.update(q10=[1.0], q11=[np.nan], q12=[1.0], q13=[np.nan], q14=[np.nan])
    assert completeness(answers, OLD)[0] == 1
    few = {"q1": [1.0, np.nan], "q2": [1.0, 2.0]}
    assert list(completeness(few, OLD)) == pytest.approx([2 / 19, 1 / 19])


def mix_table(sign, value):
    return read_mix_table(
        json.dumps(
            {
                "name": "made up", "source": "test", "sign": sign,
                "national": {"poor_health": 0.25},
                "coefficients": {
                    f"q{i}": {s: {"poor_health": value} for s in ("top", "bottom", "linear")}
                    for i in range(1, 23)
                },
            }
        )
    )  # fmt: skip


def test_coefficients_are_subtracted_and_adjustments_added():
    adjusters = {"poor_health": [1, 1, 0, 0]}
    by_coefficient = mix_adjustment(adjusters, "q1", "top", mix_table("subtract", -8))
    by_adjustment = mix_adjustment(adjusters, "q1", "top", mix_table("add", 8))
    assert by_coefficient == by_adjustment == pytest.approx(2)
    with pytest.raises(UnknownName, match="sign"):
        mix_table("plus", 8)


def test_known_patient_mix_is_taken_out_again():
    random = np.random.default_rng(4)
    scores = []
    for share in (0.1, 0.25, 0.6):
        poor = (np.arange(40_000) < share * 40_000).astype(float)
        top = random.random(40_000) < 0.8 - 0.2 * poor
        raw = 100 * top.mean()
        scores.append(raw + mix_adjustment({"poor_health": poor}, "q1", "top",
                                           mix_table("subtract", -20)))  # fmt: skip
    assert np.ptp(scores) < 1.5
    assert scores[1] == pytest.approx(75, abs=1)


def national(seed=0, n=30_000, hospitals=40, effect=-0.2):
    random = np.random.default_rng(seed)
    hospital = random.integers(0, hospitals, n)
    share = np.linspace(0.1, 0.6, hospitals)[hospital]
    poor = (random.random(n) < share).astype(float)
    age = random.normal(size=n)
    answers = {}
    for code in ("q8", "q18"):
        scale = OLD.items[code].scale
        top = random.random(n) < 0.7 + effect * poor + 0.02 * age
        answers[code] = np.where(top, scale.last, scale.first).astype(float)
    answers["q8"][::7] = np.nan
    return answers, hospital, {"poor_health": poor, "age": age}


def test_estimated_table_finds_planted_effects_and_evens_hospitals_out():
    answers, hospital, adjusters = national()
    table = estimate_mix_table(answers, hospital, adjusters, OLD, name="made up")
    assert set(table.coefficients) == {"q8", "q18"}
    top = table.coefficients["q18"]["top"]
    assert top["poor_health"] == pytest.approx(-20, abs=2)
    assert top["age"] == pytest.approx(2, abs=0.7)
    raw, adjusted = [], []
    for place in range(40):
        here = hospital == place
        own = {name: column[here] for name, column in adjusters.items()}
        raw.append(100 * (answers["q18"][here] == 10).mean())
        adjusted.append(raw[-1] + mix_adjustment(own, "q18", "top", table))
    # Sicker hospitals looked worse by up to ten points; afterwards only chance is left.
    assert np.corrcoef(raw, range(40))[0, 1] < -0.8
    assert abs(np.corrcoef(adjusted, range(40))[0, 1]) < 0.35
    assert np.std(adjusted) < np.std(raw)


def test_estimated_table_equals_statsmodels_with_hospital_dummies():
    import statsmodels.api as sm

    answers, hospital, adjusters = national(1, 2000, 6)
    table = estimate_mix_table(answers, hospital, adjusters, OLD, name="made up")
    known = ~np.isnan(answers["q8"])
    design = np.column_stack([*adjusters.values(), np.eye(6)[hospital]])[known]
    linear = 100 / 3 * (answers["q8"][known] - 1)
    expected = sm.OLS(linear, design).fit().params[:2]
    assert list(table.coefficients["q8"]["linear"].values()) == pytest.approx(expected)
    with pytest.raises(EmptyData, match="no scored item"):
        estimate_mix_table({"q1x": [1]}, [0], {"a": [1]}, OLD, name="none")


def quarter(n, share, *, discharges=100, seed=0):
    random = np.random.default_rng(seed)
    answers = {}
    for item in OLD.core_items():
        high = random.random(n) < share
        answers[item.code] = np.where(high, item.scale.last, item.scale.first).astype(float)
    return Quarter(answers, {"poor_health": np.zeros(n)}, {"mail": n}, discharges, n)


def test_report_combines_quarters_by_discharges_and_rounds_last():
    quarters = [quarter(60, 1.0, discharges=300), quarter(60, 0.0, discharges=100)]
    report = hospital_report(quarters, OLD, stars=cut_points("2018-07"))
    assert {each.top for each in report.measures} == {75}
    assert {each.linear for each in report.measures} == {75}
    assert report.summary_star == 1
    assert report.footnotes == ()


@pytest.mark.parametrize(
    ("n", "footnotes", "shown"), [(24, (1,), False), (49, (10,), True), (99, (6,), True)]
)
def test_small_numbers_carry_their_footnote_and_no_star(n, footnotes, shown):
    report = hospital_report([quarter(n, 0.8)], OLD, stars=cut_points("2018-07"))
    first = report.measures[0]
    assert report.footnotes == footnotes
    assert (first.top is not None) == shown
    assert first.star is None
    assert report.summary_star is None
    assert (15 in first.footnotes) == shown


def test_mode_points_follow_the_share_of_each_mode():
    table = read_mode_table(
        json.dumps(
            {"name": "m", "source": "t", "reference": "mail",
             "add": {"q1": {"top": {"phone": -4.0}}}}
        )
    )  # fmt: skip
    assert mode_adjustment({"mail": 3, "phone": 1}, "q1", "top", table) == -1
    with pytest.raises(UnknownName, match="web"):
        mode_adjustment({"web": 1}, "q1", "top", table)
    with pytest.raises(EmptyData):
        mode_adjustment({}, "q1", "top", table)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=9), st.integers(2, 3))
def test_house_stars_are_the_best_of_all_splits(scores, groups):
    values = sorted(set(scores))
    if len(values) < groups:
        with pytest.raises(TooFewPoints):
            house_stars(scores, groups=groups)
        return
    ours = house_stars(scores, groups=groups)
    best = min(
        sum(
            float(np.var(part) * len(part))
            for part in (
                [s for s in scores if low <= s < high]
                for low, high in itertools.pairwise((-1, *cuts, 99))
            )
            if part
        )
        for cuts in itertools.combinations(values[1:], groups - 1)
    )
    assert ours.within_ss == pytest.approx(best, abs=1e-6)
    assert "not CMS" in ours.method
    order = np.argsort(scores, kind="stable")
    assert (np.diff(ours.stars[order]) >= 0).all()


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: score_measure({}, OLD, "H_CLEAN"), UnknownColumn, "q8"),
        (lambda: score_measure({"q8": [np.nan]}, OLD, "H_CLEAN"), EmptyData, "q8"),
        (lambda: score_measure({"q8": [5]}, OLD, "H_CLEAN"), OutOfRange, "q8"),
        (lambda: score_measure({"q8": [1.5]}, OLD, "H_CLEAN"), OutOfRange, "q8"),
        (lambda: score_measure({"q8": [1]}, OLD, "H_PAIN"), UnknownName, "measure"),
        (lambda: star_of(101, "H_CLEAN", cut_points("2018-07")), OutOfRange, "score"),
        (lambda: star_of(90, "H_CARE_COORD", cut_points("2018-07")), UnknownName, "measure"),
        (lambda: cut_points("1999"), UnknownName, "cut_points"),
        (lambda: hospital_report([], OLD), EmptyData, "quarters"),
        (
            lambda: hospital_report([quarter(5, 1)], NEW, stars=cut_points("2018-07")),
            UnknownName,
            "stars",
        ),
        (lambda: completeness({"other": [1]}, OLD), EmptyData, "answers"),
    ],
)
def test_bad_input_names_the_argument(call, error, argument):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.argument == argument


def test_halves_round_up():
    assert [rounded_half_up(x) for x in (0.5, 1.5, 2.5, 89.49999, 90.5)] == [1, 2, 3, 89, 91]
