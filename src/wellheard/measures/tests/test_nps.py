"""Net Promoter Score against published worked examples and its own properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures.errors import EmptyData, MeasureError, OutOfRange
from wellheard.measures.nps import net_promoter_score, nps_from_counts


@pytest.mark.capability("B06")
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((60, 25, 15), (45.000, 7.3993, 30.498, 59.502)),
        ((412, 230, 88), (44.384, 2.5854, 39.316, 49.451)),
    ],
)
def test_nps_published_examples(counts, expected):
    score = nps_from_counts(*counts)
    assert round(score.estimate, 3) == expected[0]
    assert round(score.se, 4) == expected[1]
    assert (round(score.low, 3), round(score.high, 3)) == expected[2:]


@given(st.lists(st.integers(0, 10), min_size=1, max_size=200))
def test_nps_from_ratings_equals_counting_by_hand(ratings):
    score = net_promoter_score(ratings)
    promoters = sum(rating >= 9 for rating in ratings)
    detractors = sum(rating <= 6 for rating in ratings)
    assert score.estimate == pytest.approx(100 * (promoters - detractors) / len(ratings))
    assert -100 <= score.low <= score.estimate <= score.high <= 100
    assert score.promoters + score.passives + score.detractors == score.n == len(ratings)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=100), st.randoms())
def test_nps_shuffled_answers_change_nothing(ratings, random):
    shuffled = list(ratings)
    random.shuffle(shuffled)
    assert net_promoter_score(shuffled) == net_promoter_score(ratings)


def test_nps_small_samples_never_claim_certainty():
    score = net_promoter_score([10, 10, 10, 10, 10])
    assert score.estimate == 100
    assert score.low < 90
    assert "small sample" in score.method


@pytest.mark.parametrize("ratings", [[], [11], [-1], [7.5], [float("nan")], ["ten"]])
def test_nps_bad_answers_refused(ratings):
    with pytest.raises(MeasureError, match="ratings"):
        net_promoter_score(ratings)


def test_nps_without_answers_or_with_negative_counts_refused():
    with pytest.raises(EmptyData):
        nps_from_counts(0, 0, 0)
    with pytest.raises(OutOfRange, match="passives"):
        nps_from_counts(1, -1, 1)
