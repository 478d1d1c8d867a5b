"""The invented answers hold what was planted, and nothing else that a test could find."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from wellheard.config.demonstration.answers import draw
from wellheard.config.demonstration.people import hospital_page, plan_ending, truths

LAST_DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def drawn():
    return list(draw(plan_ending(LAST_DAY), 20261))


def place(name):
    places = plan_ending(LAST_DAY).places
    return next(n for n, each in enumerate(places) if each["name"] == name)


def top(answers, item, value=4):
    given = [a.answers[item] for a in answers if item in a.answers]
    return sum(v == value for v in given) / len(given)


def test_answers_are_the_same_for_the_same_seed_and_day():
    small = replace(plan_ending(LAST_DAY), count=500)
    assert list(draw(small, 1)) == list(draw(small, 1))
    assert list(draw(small, 1)) != list(draw(small, 2))


def test_answers_have_the_promised_size_and_span(drawn):
    assert len(drawn) == hospital_page()["sizes"]["responses"]
    days = [a.received_at.date() for a in drawn]
    assert max(days) == LAST_DAY
    assert (max(days) - min(days)).days == 729


def test_monday_mornings_were_bad_until_the_fix_and_are_like_other_times_since(drawn):
    clinic = [a for a in drawn if a.place == place(truths()["monday-peak"]["place"])]
    fixed = LAST_DAY - timedelta(days=truths()["monday-peak"]["fixed_days_ago"])
    morning = [a for a in clinic if a.received_at.weekday() == 0 and a.received_at.hour < 12]
    before = top([a for a in morning if a.received_at.date() < fixed], "wait_told")
    after = top([a for a in morning if a.received_at.date() >= fixed], "wait_told")
    assert before < 0.35
    assert after > 0.5


def test_the_unheard_group_hardly_answers_where_it_is_treated(drawn):
    truth = truths()["unheard-group"]
    there = [a for a in drawn if a.place == place(truth["place"])]
    share = sum(a.language == truth["value"] for a in there) / len(there)
    assert share < 0.025


@pytest.mark.parametrize("item", ["respect", "quiet", "doctor_listen"])
def test_there_is_no_difference_between_women_and_men(drawn, item):
    women, men = (top([a for a in drawn if a.sex == s], item) for s in ("female", "male"))
    assert abs(women - men) < 0.02


def test_the_training_changed_nothing(drawn):
    truth = truths()["empty-training"]
    ward = [a for a in drawn if a.place == place(truth["place"])]
    day = LAST_DAY - timedelta(days=truth["days_ago"])
    before = top([a for a in ward if a.received_at.date() < day], truth["item"])
    after = top([a for a in ward if a.received_at.date() >= day], truth["item"])
    assert abs(before - after) < 0.05
