"""The ``measures`` commands on real files: numbers, tables, one-line errors."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wellheard.measures.commands import measures

DATA = Path(__file__).parent / "data"
PLANS = {"1": "HMO_A_URBAN", "2": "HMO_B_URBAN", "7": "HMO_C_URBAN", "4": "HMO_B_RURAL",
         "5": "HMO_C_RURAL"}  # fmt: skip
EXPECTED = json.loads((DATA / "ahrq_cahps" / "expected_v41_q38_need.json").read_text())
VBP = DATA / "cms" / "hvbp_person_and_community_engagement_fy2024_80pct.csv.gz"
TPS = DATA / "cms" / "hvbp_tps_fy2024_80pct.csv.gz"


def run(*arguments):
    return CliRunner().invoke(measures, [str(argument) for argument in arguments])


def answer(*arguments):
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    path = tmp_path_factory.mktemp("cahps") / "plans.csv"
    with (DATA / "ahrq_cahps" / "test_dataset.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["planid"] in PLANS]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["plan", "ghr", "age", "q38", "q06", "q10", "q22", "q23"])
        for row in rows:
            ghr = row["q39"] if row["q39"] in set("12345") else ""
            age = row["q40"] if row["q40"] in set("1234567") else ""
            items = [row[item] for item in ("q38", "q06", "q10", "q22", "q23")]
            writer.writerow([PLANS[row["planid"]], ghr, age, *items])
    return path


BY = ("--entity", "plan", "--adjusters", "ghr,age")


def test_cahps_single_item_equals_the_sas_output(plans):
    report = answer("cahps", plans, *BY, "--items", "q38", "--min", 0, "--max", 10, "--json")
    overall = EXPECTED["q38"]["overall"][0]
    assert report["overall_mean"] == pytest.approx(overall["OV_MEAN"], rel=1e-9)
    assert report["f"] == pytest.approx(overall["OVERALLF"], rel=1e-9)
    assert (report["df1"], report["df2"]) == (4, 1418)
    assert report["coefficients"]["ghr"] == pytest.approx(-0.4170794035543, rel=1e-9)
    assert report["r2"] == pytest.approx(0.076535443216825, rel=1e-9)
    first = report["entities"][0]
    assert set(first) == {
        "entity", "n", "raw", "adjusted", "delta", "se", "variance", "t", "p", "stars",
    }  # fmt: skip
    assert first["adjusted"] == pytest.approx(7.928387474319488, rel=1e-9)


def test_cahps_composite_equals_the_sas_output(plans):
    report = answer(
        "cahps", plans, *BY, "--items", "q06,q10,q22,q23", "--min", 1, "--max", 3, "--json"
    )
    for ours, theirs in zip(report["entities"], EXPECTED["need"]["plan_results"], strict=True):
        assert ours["adjusted"] == pytest.approx(theirs["ADJ_MEAN"], rel=1e-9)
        assert ours["stars"] == theirs["MEANING"]
    assert set(report["coefficients"]) == {"q06", "q10", "q22", "q23"}


def test_cahps_strata_weights_and_blank_entities(plans, tmp_path):
    path = tmp_path / "strata.csv"
    with plans.open() as file, path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["hmo", "area", "size", "w", "q38"])
        for row in csv.DictReader(file):
            hmo, area = row["plan"].rsplit("_", 1)
            writer.writerow([hmo, area, {"RURAL": 100, "URBAN": 300}[area], 2, row["q38"]])
        writer.writerow(["", "URBAN", 300, 2, 5])
    report = answer(
        "cahps", path, "--entity", "hmo", "--items", "q38", "--strata", "area",
        "--strata-size", "size", "--weight", "w", "--min", 0, "--max", 10, "--json",
    )  # fmt: skip
    assert report["rows_without_entity"] == 1
    strata = {row["entity"]: row["adjusted"] for row in report["strata"]}
    b = next(row for row in report["entities"] if row["entity"] == "HMO_B")
    assert b["adjusted"] == pytest.approx(
        0.25 * strata["HMO_B / RURAL"] + 0.75 * strata["HMO_B / URBAN"]
    )


def test_cahps_on_the_original_file_with_the_plans_named():
    file = DATA / "ahrq_cahps" / "test_dataset.csv"
    options = ("--entity", "planid", "--items", "q38", "--min", 0, "--max", 10, "--json")
    report = answer("cahps", file, *options, "--only", "1,2,4,5,7")
    assert [row["entity"] for row in report["entities"]] == ["1", "2", "4", "5", "7"]
    assert report["rows_without_entity"] > 0
    assert "no row of planid says '9'" in run("cahps", file, *options, "--only", "1,9").stderr
    assert "in entity '6'" in run("cahps", file, *options).stderr


@pytest.mark.parametrize(
    ("weight", "message"), [("", "w: is blank"), ("-1", "w: holds"), ("x", "w: line 2 holds")]
)
def test_cahps_bad_weights_name_their_column(tmp_path, weight, message):
    rows = [["a", 5, weight], ["a", 6, 1], ["b", 4, 1], ["b", 7, 1]]
    path = table(tmp_path / "w.csv", ["ward", "q", "w"], rows)
    done = run("cahps", path, "--entity", "ward", "--items", "q", "--weight", "w")
    assert done.exit_code == 1
    assert message in done.stderr


def test_a_bad_cell_is_named_by_its_line_in_the_file(tmp_path):
    rows = [["", 5], ["c", 5], ["a", 5], ["a", "often"], ["b", 4], ["b", 7]]
    path = table(tmp_path / "l.csv", ["ward", "q"], rows)
    done = run("cahps", path, "--entity", "ward", "--items", "q", "--only", "a,b")
    assert "q: line 5 holds 'often'" in done.stderr


def test_cahps_table_for_people(plans):
    done = run("cahps", plans, *BY, "--items", "q38", "--min", 0, "--max", 10)
    assert done.exit_code == 0
    assert "HMO_B_RURAL" in done.stdout
    assert "fewer than 100 cases: HMO_B_RURAL, HMO_C_RURAL" in done.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--items", "q99"), "q99: is not a column of plans.csv"),
        (("--items", "plan"), "plan: line 2 holds"),
        (("--items", "q38", "--alpha", 2), "alpha: must lie between 0 and 1"),
        (("--items", ","), "items: name at least one item"),
        (("--items", "q38", "--change", 0.1), "change: needs the minimum and maximum"),
    ],
)
def test_cahps_bad_input_is_one_clear_line(plans, options, message):
    done = run("cahps", plans, *BY, *options, "--json")
    assert done.exit_code == 1
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_vbp_prints_every_hospital_and_matches_the_published_figures():
    report = answer("vbp", VBP, "--standards", "fy2024", "--json")
    by_id = {row["facility_id"]: row for row in report}
    first = by_id["010001"]
    assert (first["base"], first["consistency"], first["domain"]) == (4, 12, 16)
    assert first["weighted"] == 4.0
    assert first["dimensions"]["Communication About Medicines"] == {
        "achievement": 3, "improvement": 0, "score": 3,
    }  # fmt: skip
    assert by_id["030138"]["dimensions"]["Care Transition"]["improvement"] is None
    with gzip.open(VBP, "rt") as file:
        assert len(report) == sum(1 for _ in csv.DictReader(file))


def test_vbp_with_totals_shares_out_missing_domains():
    report = answer("vbp", VBP, "--standards", "fy2024", "--tps", TPS, "--json")
    found = next(row for row in report if row["facility_id"] == "040051")
    assert found["weighted"] == pytest.approx(29 / 3)


def test_stars_print_every_published_summary_star():
    file = DATA / "cms" / "hcahps_hospital_wide_2016-10_2017-09.csv.gz"
    report = answer("stars", file, "--cut-points", "2018-07", "--json")
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        published = {row["Provider_ID"]: row["H_STAR_RATING"] for row in csv.DictReader(opened)}
    checked = [row for row in report if published[row["facility_id"]]]
    assert len(checked) == 2761
    assert all(row["summary"] == int(published[row["facility_id"]]) for row in checked)
    assert "summary" in run("stars", file, "--cut-points", "2018-07").stdout.splitlines()[0]
    assert "none are called" in run("stars", file, "--cut-points", "1999").stderr


def test_stars_are_blank_where_a_score_is_missing_and_bad_cells_are_named(tmp_path):
    codes = [f"{code}_LINEAR_SCORE" for code in (
        "H_COMP_1", "H_COMP_2", "H_COMP_3", "H_COMP_5", "H_COMP_6", "H_COMP_7", "H_CLEAN",
        "H_QUIET", "H_HSP_RATING", "H_RECMND",
    )]  # fmt: skip
    scores = [90] * 9
    path = table(tmp_path / "s.csv", ["Provider_ID", *codes], [["1", *scores, "Not Available"]])
    (row,) = answer("stars", path, "--cut-points", "2018-07", "--json")
    assert (row["stars"]["H_RECMND"], row["summary"]) == (None, None)
    bad = table(tmp_path / "b.csv", ["Provider_ID", *codes], [["1", *scores, "high"]])
    assert "line 2 holds no whole number" in run("stars", bad, "--cut-points", "2018-07").stderr


def test_vbp_refuses_other_files_and_unknown_years(plans):
    assert "Facility ID" in run("vbp", plans, "--standards", "fy2024", "--json").stderr
    assert "fy1999" in run("vbp", VBP, "--standards", "fy1999", "--json").stderr


def test_chart_and_nps_on_a_column(tmp_path):
    path = tmp_path / "months.csv"
    path.write_text("value,n,score\n" + "".join(f"{10 + i % 2},40,{i % 11}\n" for i in range(22)))
    chart = answer("chart", path, "--value", "value", "--direction", "increase", "--json")
    assert (chart["kind"], chart["variation"], chart["centre"][0]) == ("xmr", "common_cause", 10.5)
    shares = answer("chart", path, "--value", "value", "--size", "n", "--json")
    assert shares["kind"] == "p"
    assert "common_cause" in run("chart", path, "--value", "value").stdout
    nps = answer("nps", path, "--rating", "score", "--json")
    assert (nps["n"], nps["promoters"], nps["detractors"]) == (22, 4, 14)
    assert "NPS -45.5" in run("nps", path, "--rating", "score").stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"value\n1\nnan\n", "line 3 holds 'nan'"),
        (b"value\n1\n2,3\n", "line 3: has 2 cells"),
        (b"value\n\xff\xfe\n", "is not UTF-8"),
        (b"value\n", "values: needs at least 1 value"),
    ],
)
def test_bad_files_are_named(tmp_path, content, message):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    done = run("chart", path, "--value", "value")
    assert done.exit_code == 1
    assert message in done.stderr


def test_broken_gzip_is_named(tmp_path):
    path = tmp_path / "bad.csv.gz"
    path.write_bytes(b"value\n1\n")
    assert "not a whole gzip file" in run("nps", path, "--rating", "value").stderr


def test_parquet_gives_the_same_numbers_as_csv(plans, tmp_path):
    import pyarrow
    from pyarrow import parquet

    with plans.open() as file:
        rows = list(csv.DictReader(file))
    columns = {
        name: [row[name] if name == "plan" else float(row[name] or "nan") for row in rows]
        for name in ("plan", "ghr", "age", "q38")
    }
    columns = {
        name: [None if value != value else value for value in values]
        for name, values in columns.items()
    }
    path = tmp_path / "plans.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    options = (*BY, "--items", "q38", "--min", 0, "--max", 10, "--json")
    assert answer("cahps", path, *options) == answer("cahps", plans, *options)
    missing = run("cahps", path, *BY, "--items", "q1", "--json")
    assert "q1: is not a column of plans.parquet" in missing.stderr
    path.write_bytes(b"not parquet")
    assert "not a readable Parquet file" in run("cahps", path, *options).stderr


def table(path, header, rows):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def test_change_on_a_column(tmp_path):
    values = [5 + 0.1 * (i % 3) + (2 if i >= 12 else 0) for i in range(24)]
    path = table(tmp_path / "m.csv", ["wait"], [[value] for value in values])
    options = ("--value", "wait", "--at", 13, "--worthwhile", 0.5)
    better = answer("change", path, *options, "--direction", "increase", "--json")
    assert (better["answer"], better["reason"]) == ("better", "improved")
    worse = run("change", path, *options, "--direction", "decrease")
    assert worse.stdout.startswith("not better: got worse\neffect -1.998 (")


def test_drivers_on_columns(tmp_path):
    rows = [[i % 7, (i * 5) % 11, 3 * (i % 7) + (i % 2)] for i in range(300)]
    path = table(tmp_path / "d.csv", ["nurse", "food", "rating"], rows)
    options = ("--outcome", "rating", "--drivers", "nurse,food", "--draws", 100)
    found = answer("drivers", path, *options, "--json")
    assert found["drivers"][0]["name"] == "nurse"
    assert "nurse" in run("drivers", path, *options).stdout


def test_gaps_on_groups(tmp_path):
    rows = [["English", 800, 1000], ["Spanish", 140, 250], ["Arabic", 6, 9]]
    path = table(tmp_path / "g.csv", ["language", "always", "n"], rows)
    options = ("--group", "language", "--count", "always", "--n", "n", "--reference", "English")
    found = answer("gaps", path, *options, "--json")
    assert [each["verdict"] for each in found["groups"]] == ["reference", "worse", "too_few"]
    lines = run("gaps", path, *options).stdout.splitlines()
    assert lines[3].split() == ["Arabic", "9", "-", "-", "-", "-", "too_few"]


def test_suppress_a_two_way_table(tmp_path):
    rows = [["ward 1", "en", 40], ["ward 1", "es", 7], ["ward 2", "en", 50], ["ward 2", "es", 30]]
    path = table(tmp_path / "s.csv", ["ward", "language", "n"], rows)
    options = ("--row", "ward", "--column", "language", "--count", "n")
    found = answer("suppress", path, *options, "--json")
    hidden = {name for name, value in found["shown"].items() if value is None}
    assert "ward 1 / es" in hidden
    assert len(hidden) == 4
    assert found["shown"]["(all) / (all)"] == 127
    assert "*" in run("suppress", path, *options).stdout


def test_agreement_and_readability(tmp_path):
    rows = [["a", "a"]] * 20 + [["b", "b"]] * 10 + [["a", "b"]] * 3
    path = table(tmp_path / "a.csv", ["first", "second"], rows)
    found = answer("agreement", path, "--raters", "first,second", "--json")
    assert 0.5 < found["low"] < found["estimate"] < 1
    assert "Gwet AC1" in run("agreement", path, "--raters", "first,second").stdout
    letter = tmp_path / "letter.txt"
    letter.write_text("We are sorry. We will call you.")
    assert answer("readability", letter, "--language", "en", "--json")["n_words"] == 7
    assert "grade" in run("readability", letter, "--language", "en").stdout
    assert "no readability formula" in run("readability", letter, "--language", "ar").stderr


def test_the_group_loads_no_numpy():
    import os
    import subprocess
    import sys

    from wellheard.measures import commands

    source = str(Path(commands.__file__).parents[3])
    code = "import sys, wellheard.measures.commands; print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        (("2026-01-01", "2026-03-01", "2026-02-01"), "month: line 4 is not later"),
        (("2026-01-01", "2026-01-01", "2026-02-01"), "month: line 3 is not later"),
        (("2026-01-01", "February", "2026-03-01"), "month: line 3 holds no date"),
    ],
)
def test_dates_out_of_order_are_refused(tmp_path, dates, message):
    rows = [[day, 5 + i] for i, day in enumerate(dates)]
    path = table(tmp_path / "d.csv", ["month", "wait"], rows)
    for command in (
        ("chart", path, "--value", "wait"),
        ("change", path, "--value", "wait", "--at", 2, "--direction", "increase",
         "--worthwhile", 1),
    ):  # fmt: skip
        done = run(*command, "--date", "month")
        assert done.exit_code == 1
        assert message in done.stderr
    fine = table(tmp_path / "f.csv", ["month", "wait"], [["2026-01-01", 1], ["2026-02-01", 2]])
    assert run("chart", fine, "--value", "wait", "--date", "month").exit_code == 0
