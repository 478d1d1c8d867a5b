"""Hospital VBP points against the whole published fiscal year 2024 file."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures.errors import NotNumeric, OutOfRange, UnknownColumn, UnknownName
from wellheard.measures.vbp import (
    Dimension,
    achievement_points,
    available,
    domain_score,
    improvement_points,
    redistributed_weight,
    score_rows,
    standards,
)

CMS = Path(__file__).parent / "data" / "cms"
FY2024 = standards("fy2024")
QUARTER = Decimal("0.25")
DOMAINS = (
    "Unweighted Normalized Clinical Outcomes Domain Score",
    "Unweighted Person And Community Engagement Domain Score",
    "Unweighted Normalized Safety Domain Score",
    "Unweighted Normalized Efficiency And Cost Reduction Domain Score",
)


def rows(name):
    with gzip.open(CMS / name, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def published():
    return rows("hvbp_person_and_community_engagement_fy2024_80pct.csv.gz")


def whole(text):
    return None if text == "Not Available" else int(text.split(" ")[0])


@pytest.mark.capability("L01")
def test_every_published_point_of_fiscal_year_2024_comes_out(published):
    cells = mismatches = 0
    for row, ours in zip(published, score_rows(published, FY2024), strict=True):
        if ours.score is None:
            assert row["Hcahps Base Score"] == "Not Available"
            continue
        pairs = [
            (ours.score.base, whole(row["Hcahps Base Score"])),
            (ours.score.consistency, whole(row["Hcahps Consistency Score"])),
        ]
        for name, points in ours.score.dimensions.items():
            pairs += [
                (points.achievement, whole(row[f"{name} Achievement Points"])),
                (points.improvement, whole(row[f"{name} Improvement Points"])),
                (points.score, whole(row[f"{name} Dimension Score"])),
            ]
        cells += len(pairs)
        mismatches += sum(mine != theirs for mine, theirs in pairs)
    assert (len(published), cells, mismatches) == (1975, 1969 * 26, 0)


def test_domain_and_weighted_scores_equal_the_total_performance_file(published):
    totals = {row["Facility ID"]: row for row in rows("hvbp_tps_fy2024_80pct.csv.gz")}
    weights = {}
    for facility, row in totals.items():
        scored = [QUARTER for domain in DOMAINS if row[domain] != "Not Available"]
        if row[DOMAINS[1]] != "Not Available":
            weights[facility] = redistributed_weight(QUARTER, scored)
    checked = 0
    for ours in score_rows(published, FY2024, weights=weights):
        row = totals.get(ours.facility_id)
        if row is None or ours.score is None or row[DOMAINS[1]] == "Not Available":
            continue
        checked += 1
        assert ours.score.domain == Decimal(row[DOMAINS[1]])
        weighted = row["Weighted Person And Community Engagement Domain Score"]
        assert abs(ours.score.weighted - Decimal(weighted)) < Decimal("1e-11")
    assert checked > 1500


def test_nurses_of_040051_by_hand():
    nurses = FY2024.dimensions[0]
    assert achievement_points(Decimal("80.4579"), nurses) == 2
    assert improvement_points(Decimal("80.4579"), Decimal("77.8924"), nurses) == 2


def test_past_the_benchmark_and_still_improving_gets_nine():
    nurses = FY2024.dimensions[0]
    assert improvement_points(Decimal("90.1"), Decimal("90"), nurses) == 9
    assert improvement_points(Decimal("90"), Decimal("90"), nurses) == 0


def test_weights_are_shared_among_scored_domains():
    assert redistributed_weight(QUARTER, [QUARTER] * 3) == QUARTER / Decimal("0.75")


RATES = st.decimals(0, 100, places=4)


@given(RATES, RATES, st.sampled_from(FY2024.dimensions))
def test_a_higher_rate_never_scores_lower(first, second, dimension):
    low, high = sorted((first, second))
    assert achievement_points(low, dimension) <= achievement_points(high, dimension)
    for baseline in (Decimal(50), Decimal(95)):
        assert improvement_points(low, baseline, dimension) <= improvement_points(
            high, baseline, dimension
        )


@given(st.lists(RATES, min_size=8, max_size=8))
def test_domain_stays_within_its_bounds(rates):
    performance = {
        dimension.name: rate for dimension, rate in zip(FY2024.dimensions, rates, strict=True)
    }
    score = domain_score(performance, {}, FY2024)
    assert 0 <= score.base <= 80
    assert 0 <= score.consistency <= 20
    assert score.weighted == score.domain * QUARTER
    assert all(points.improvement is None for points in score.dimensions.values())


def row_with(published, **changes):
    return [{**published[0], **changes}]


@pytest.mark.parametrize(
    ("value", "error"),
    [("about 80%", NotNumeric), ("101%", OutOfRange), ("NaN", OutOfRange), ("-1", OutOfRange)],
)
def test_bad_rate_names_column_and_line(published, value, error):
    column = "Care Transition Performance Rate"
    with pytest.raises(error, match="line 2") as caught:
        list(score_rows(row_with(published, **{column: value}), FY2024))
    assert caught.value.argument == column


def test_missing_column_and_other_standards_refused(published):
    row = dict(published[0])
    del row["Care Transition Baseline Rate"]
    with pytest.raises(UnknownColumn, match="Care Transition Baseline Rate"):
        list(score_rows([row], FY2024))
    other = row_with(published, **{"Care Transition Floor": "20.00%"})
    with pytest.raises(OutOfRange, match="Care Transition Floor"):
        list(score_rows(other, FY2024))


def test_unknown_year_refused_with_those_there_are():
    assert "fy2024" in available()
    with pytest.raises(UnknownName, match="fy2024"):
        standards("fy1999")
    with pytest.raises(OutOfRange):
        Dimension("odd", Decimal(5), Decimal(4), Decimal(9))
    with pytest.raises(UnknownName, match="Nurses"):
        domain_score({}, {}, FY2024)
