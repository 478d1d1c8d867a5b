"""Rows cut from published files come out as the very figures that stand in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from wellheard.interop.cms.codec import Figure, as_day, as_number, once_each, read_release
from wellheard.interop.csvfiles.codec import FileRefusedError, read_table

DATA = Path(__file__).with_name("data")
YEAR = (date(2022, 10, 1), date(2023, 9, 30))


def release(name, change=lambda text: text):
    text = change((DATA / name).read_text("utf-8"))
    return read_release(read_table(text.encode()), name)


def figure(found, code, measure):
    return next(f for f in found.figures if (f.code, f.measure) == (code, measure))


@pytest.mark.capability("B17")
def test_hospital_row_equals_the_row_of_the_file():
    found = release("pch_hcahps_hospital_2022-10_2023-09.csv")
    assert (found.survey, found.label) == ("pch-hcahps", "2022-10-01 to 2023-09-30")
    assert figure(found, "050146", "H_COMP_1_A_P") == Figure(
        level="hospital",
        code="050146",
        name="CITY OF HOPE HELFORD CLINICAL RESEARCH HOSPITAL",
        city="DUARTE",
        state="CA",
        measure="H_COMP_1_A_P",
        kind="percent",
        value=84.0,
        completes=429,
        response_rate=19.0,
        footnotes=("11",),
        period=YEAR,
    )
    kinds = [(f.measure, f.kind, f.value) for f in found.figures if f.code == "050146"]
    assert kinds == [
        ("H_COMP_1_A_P", "percent", 84.0),
        ("H_COMP_1_LINEAR_SCORE", "linear", 94.0),
        ("H_COMP_1_STAR_RATING", "star", 5.0),
        ("H_STAR_RATING", "star", 4.0),
    ]


@pytest.mark.capability("L07")
def test_state_and_nation_stand_under_their_own_level_and_missing_stays_missing():
    states = release("hcahps_state_2022-10_2023-09.csv")
    alaska = figure(states, "AK", "H_HSP_RATING_9_10")
    assert (alaska.level, alaska.value, alaska.period) == ("state", 71.0, YEAR)
    guam = figure(states, "GU", "H_COMP_1_A_P")
    assert (guam.value, guam.footnotes) == (None, ("5",))
    nation = release("hcahps_national_2022-10_2023-09.csv")
    assert [(f.level, f.code, f.value) for f in nation.figures] == [
        ("nation", "US", 80.0),
        ("nation", "US", 72.0),
    ]
    assert states.survey == nation.survey == "hcahps"


def test_wide_file_gives_a_figure_a_column_and_puts_the_lost_zero_back():
    found = release("hcahps_hospital_wide_2016-10_2017-09.csv")
    southeast = [f for f in found.figures if f.code == "010001"]
    assert {f.name for f in southeast} == {"SOUTHEAST ALABAMA MEDICAL CENTER"}
    assert figure(found, "010001", "H_COMP_1_A_P").value == 74.0
    assert figure(found, "010001", "H_STAR_RATING").value is None
    assert figure(found, "010001", "H_RECMND_LINEAR_SCORE").kind == "linear"
    assert {(f.completes, f.response_rate) for f in southeast} == {(646, 22.0)}
    assert {f.period for f in found.figures} == {(date(2016, 10, 1), date(2017, 9, 30))}
    assert len(found.figures) == 3 * 50


def test_star_input_without_dates_takes_the_recalled_period_and_says_so():
    found = release("hcahps_linear_saspack_2016-10.csv")
    assert found.label == "Overall Star input of 2016-10 (period as recalled, not confirmed)"
    nurse = figure(found, "010001", "H_COMP_1_LINEAR_SCORE")
    assert (nurse.kind, nurse.value, nurse.completes) == ("linear", 90.0, 1194)
    stars = release("hcahps_stars_saspack_2021-04.csv")
    assert figure(stars, "010001", "H_GLOB_STAR_RATING").value == 3.5


def test_star_input_whose_release_nobody_knows_is_refused():
    table = read_table((DATA / "hcahps_linear_saspack_2016-10.csv").read_bytes())
    with pytest.raises(FileRefusedError, match="carries no period"):
        read_release(table, "stars.csv")


def test_value_based_purchasing_reads_rates_and_points():
    found = release("hvbp_person_and_community_engagement_fy2024_80pct.csv")
    rate = figure(found, "010001", "Communication With Nurses Performance Rate")
    assert (rate.kind, rate.value) == ("percent", 73.8343)
    score = figure(found, "010001", "Communication About Medicines Dimension Score")
    assert (score.kind, score.value) == ("points", 3.0)
    assert rate.period == (date(2022, 1, 1), date(2022, 12, 31))
    total = release("hvbp_tps_fy2024_80pct.csv")
    assert figure(total, "010001", "Total Performance Score").value == 15.583333333333


def test_value_based_purchasing_of_an_unknown_year_is_refused():
    with pytest.raises(FileRefusedError, match="line 2: the periods of fiscal year '2031'"):
        release("hvbp_tps_fy2024_80pct.csv", lambda text: text.replace("2024,", "2031,"))


def test_outpatient_survey_gives_facilities_without_results_the_period_of_the_file():
    found = release("oas_cahps_hopd_hospital_2022-10_2023-09.csv")
    assert figure(found, "010005", "O_COMP_1_D_P").value == 97.0
    assert figure(found, "010005", "O_COMP_1_LINEAR_SCORE").kind == "linear"
    silent = figure(found, "010006", "O_COMP_1_D_P")
    assert (silent.value, silent.footnotes, silent.period) == (None, ("4",), YEAR)
    assert figure(found, "010008", "O_RECMND_DY").footnotes == ("3",)


def test_footnotes_and_measure_dates_are_known_for_what_they_are():
    notes = release("footnote_crosswalk_2024-07.csv")
    assert notes.footnotes["5"] == "Results are not available for this reporting period."
    assert release("measure_dates_2024-07.csv").figures == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("97", 97.0),
        ("77.4970%", 77.497),
        ("0 out of 10", 0.0),
        ("1,204", 1204.0),
        ("Not Available", None),
        ("not applicable", None),
        ("", None),
        (" -- ", None),
    ],
)
def test_as_number_reads_figures_as_cms_writes_them(text, number):
    assert as_number(text) == number


@pytest.mark.parametrize("text", ["about 80", "80 - 90", "Infinity", "1e999"])
def test_as_number_refuses_what_is_no_figure(text):
    with pytest.raises(FileRefusedError, match="is not a figure"):
        as_number(text)


def test_as_day_reads_both_ways_of_writing_and_refuses_others():
    assert as_day("9/30/2017") == as_day("2017-09-30") == date(2017, 9, 30)
    with pytest.raises(FileRefusedError, match="not a date"):
        as_day("30.09.2017")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace(",80,,", ",eighty,,"), "line 2: 'eighty' is not a figure"),
        (lambda text: text.replace("09/30/2023", "soon", 1), "line 2: 'soon' is not a date"),
        (lambda text: text.rsplit(",", 1)[0] + "\n", "line 7 has 7 cells, the heading has 8"),
        (lambda text: text.split("\n")[0] + "\n", "holds no figures"),
        (lambda text: "a,b\n1,2\n", "not the columns of a CMS"),
    ],
)
def test_file_that_cannot_be_read_names_line_and_reason(change, said):
    with pytest.raises(FileRefusedError, match=said):
        release("hcahps_state_2022-10_2023-09.csv", change)


@pytest.mark.capability("L07")
def test_hospital_that_stands_twice_counts_once_and_two_figures_of_one_are_refused():
    about = {
        "level": "hospital", "code": "010001", "name": "North", "measure": "H_CLEAN_HSP_A_P",
        "kind": "percent", "period": (date(2022, 10, 1), date(2023, 9, 30)),
    }  # fmt: skip
    same, other = Figure(**about, value=70.0), Figure(**about, value=71.0)
    assert once_each([same, same]) == (same,)
    with pytest.raises(
        FileRefusedError, match=r"hospital 010001 .* two figures of H_CLEAN.*70.0 and 71.0"
    ):
        once_each([same, other])
