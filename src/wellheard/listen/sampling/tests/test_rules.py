"""The draw, ways, response rates and silence, without a database."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.channels.outbox.wording import lint
from wellheard.listen.sampling import rules
from wellheard.listen.sampling.rules import Candidate, Design, Dispositions, draw_sample
from wellheard.listen.sampling.vocabulary import (
    eligibilities,
    instead,
    limits,
    sequences,
    wording,
)


def frame(count, *, strata=("A",), household=lambda n: ""):
    return [Candidate(n, strata[n % len(strata)], "", household(n)) for n in range(1, count + 1)]


def test_draw_is_repeated_by_its_seed_and_by_no_other():
    people, design = frame(500), Design("simple", 50)
    first = draw_sample(people, design, seed="a")
    assert draw_sample(people[::-1], design, seed="a").chosen == first.chosen
    assert draw_sample(people, design, seed="b").chosen != first.chosen
    assert set(first.probability.values()) == {0.1}


def test_late_arrivals_do_not_reshuffle_those_drawn():
    early, late = frame(200), frame(220)
    design = Design("simple", 20)
    before = draw_sample(early, design, seed="s").chosen
    after = draw_sample(late, design, seed="s").chosen
    assert len(set(before) - set(after)) <= 20 * 20 / 220 + 4
    assert [v for v in after if v <= 200] == list(before)[: len([v for v in after if v <= 200])]


def test_household_twice_is_asked_once_and_its_chance_is_halved():
    people = frame(10, household=lambda n: "home" if n <= 2 else "")
    found = draw_sample(people, Design("simple", 9), seed="x")
    assert found.homes == 9 and len({1, 2} & set(found.chosen)) == 1
    assert {found.probability[v] for v in found.chosen if v <= 2} == {0.5}
    assert {found.probability[v] for v in found.chosen if v > 2} == {1.0}


def test_person_with_two_addresses_is_one_home():
    people = [Candidate(1, "A", "p", "h1"), Candidate(2, "A", "p", "h2"), Candidate(3, "A")]
    assert draw_sample(people, Design("simple", 5), seed="x").homes == 2


@pytest.mark.parametrize(
    ("design", "wanted"),
    [
        (Design("simple", 100), {"all": 100}),
        (Design("proportional", 100, least=40), {"A": 90, "B": 10}),
        (Design("disproportional", 100, least=40), {"A": 58, "B": 42}),
        (Design("disproportional", 100, sizes={"B": 70}), {"A": 30, "B": 70}),
        (Design("proportional", 5000), {"A": 900, "B": 100}),
    ],
)
def test_sizes_follow_the_method(design, wanted):
    populations = {"all": 1000} if design.method == "simple" else {"A": 900, "B": 100}
    assert rules.sizes_of(populations, design) == wanted


def test_size_below_the_least_of_every_stratum_is_refused():
    with pytest.raises(rules.TooSmallError):
        rules.sizes_of({"A": 100, "B": 100}, Design("disproportional", 50, least=40))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 80), st.sampled_from(["simple", "proportional"]))
def test_weights_of_a_draw_add_up_to_the_homes(count, size, method):
    people = frame(count, strata=("A", "B", "C"), household=lambda n: f"h{n // 2}")
    found = draw_sample(people, Design(method, size), seed="w")
    assert len(found.chosen) == min(size, found.homes)
    assert all(0 < p <= 1 for p in found.probability.values())
    assert len(set(found.chosen)) == len(found.chosen)


def test_every_visit_has_the_chance_the_draw_says():
    people = frame(30, strata=("A", "B", "B"), household=lambda n: "h" if n < 4 else "")
    hits, told = Counter(), {}
    for turn in range(800):
        found = draw_sample(people, Design("disproportional", 10, least=4), seed=str(turn))
        hits.update(found.chosen)
        for visit, chance in found.probability.items():
            told.setdefault(visit, []).append(chance)
    for visit, chances in told.items():
        expected = sum(chances) / len(chances)
        if visit >= 4:  # those in a home of three also change the size of their stratum
            assert abs(hits[visit] / 800 - expected) < 0.075


@pytest.mark.parametrize(
    ("period", "day", "span"),
    [
        ("month", date(2026, 2, 17), (date(2026, 2, 1), date(2026, 3, 1))),
        ("month", date(2026, 12, 31), (date(2026, 12, 1), date(2027, 1, 1))),
        ("week", date(2026, 3, 4), (date(2026, 3, 2), date(2026, 3, 9))),
    ],
)
def test_span_of_a_day(period, day, span):
    assert rules.span_of(period, day) == span


STEPS = (("email", 0), ("email", 4), ("sms", 8), ("paper", 15), ("phone", 30))


@pytest.mark.parametrize(
    ("reachable", "wish", "way"),
    [
        ({"email", "sms", "phone"}, "", "email:0 email:4 sms:8 paper:15 phone:30"),
        ({"email", "sms", "phone"}, "sms", "sms:0 sms:4 sms:8 paper:15 phone:30"),
        ({"sms", "phone"}, "email", "sms:0 paper:7 phone:22"),
        ({"email"}, "", "email:0 email:4 paper:15"),
        (set(), "", "paper:0"),
    ],
)
def test_way_takes_the_steps_that_reach_the_person_and_begins_at_once(reachable, wish, way):
    found = rules.way_of(STEPS, reachable=reachable, wish=wish)
    assert rules.written_way(found) == way
    assert rules.read_way(way) == found


def test_response_rates_stand_under_their_names():
    """Worked by hand from the formulas of AAPOR's Standard Definitions."""
    found = Dispositions(
        complete=300, partial=20, refused=30, silent=600, other=0, unknown=50, ineligible=50
    )
    rates = {rate.code: rate for rate in rules.response_rates(found)}
    e = 950 / 1000
    assert found.drawn == 1050
    assert rates["RR1"].rate.estimate == pytest.approx(300 / 1000)
    assert rates["RR2"].rate.estimate == pytest.approx(320 / 1000)
    assert rates["RR3"].rate.estimate == pytest.approx(300 / (950 + e * 50))
    assert rates["RR4"].rate.estimate == pytest.approx(320 / (950 + e * 50))
    assert rates["RR5"].rate.estimate == pytest.approx(300 / 950)
    assert rates["RR6"].rate.estimate == pytest.approx(320 / 950)
    assert rates["RR1"].rate.low < 0.3 < rates["RR1"].rate.high


def test_response_rate_of_nobody_is_unknown():
    assert {rate.rate for rate in rules.response_rates(Dispositions())} == {None}


@pytest.mark.capability("M05")
def test_group_under_four_fifths_is_silent_and_one_under_it_by_chance_is_not():
    treated = {"en": 800, "es": 150, "ar": 50}
    found = {
        each.value: each
        for each in rules.heard_by_group(
            treated, {"en": 370, "es": 30, "ar": 0}, below=0.8, minimum=10
        )
    }
    assert found["es"].representation == pytest.approx(30 / 400 / 0.15)
    assert (found["es"].silent, found["ar"].silent, found["en"].silent) == (True, True, False)
    few = rules.heard_by_group({"en": 90, "es": 20}, {"en": 9, "es": 1}, below=0.8, minimum=10)
    assert not any(each.silent for each in few)


@pytest.mark.parametrize(
    ("heard", "hidden"),
    [
        ({"a": 50, "b": 40, "c": 30}, set()),
        ({"a": 50, "b": 40, "c": 3}, {"b", "c"}),
        ({"a": 50, "b": 9, "c": 9}, {"b", "c"}),
        ({"a": 50, "b": 2, "c": 3, "d": 12}, {"b", "c", "d"}),
        ({"a": 50, "b": 0, "c": 30}, set()),
    ],
)
def test_few_people_are_hidden_with_a_neighbour(heard, hidden):
    assert rules.veiled(heard, dict.fromkeys(heard, 100), 10) == hidden


def test_top_up_asks_as_many_as_are_missing_at_the_groups_own_rate():
    size = rules.top_up_size(150, 30, 1000, 400, below=0.8, lowest=0.05, drawn=150)
    assert size == 90  # 48 - 30 missing, one in five answers


@pytest.mark.parametrize(("expected", "odd"), [(0.5, False), (4.5, False), (5, True)])
def test_silence_is_odd_when_almost_five_should_have_come(expected, odd):
    assert rules.silence_is_odd(expected, 0.01) is odd


@pytest.mark.parametrize("reminder", [False, True])
def test_words_of_invitations_pass_the_linter_in_every_language(reminder):
    assert lint(wording(reminder)) == ()


def test_data_pages_hold_together():
    assert {instead("language", "ar"), instead("age_band", "75+"), instead("payer", "x")} <= set(
        sequences()
    )
    for rule in eligibilities().values():
        assert rule.least_age >= 18 and "died" in rule.not_discharged_to
    for sequence in sequences().values():
        for steps in [sequence.steps, *sequence.languages.values()]:
            assert [days for _, days in steps] == sorted(days for _, days in steps)
            assert sum(mode in rules.ELECTRONIC for mode, _ in steps) <= 3
            assert steps[0][1] == 0 and steps[-1][1] < 42
    assert limits().frequency_days == 90
