"""Change since the first answer: scores by hand, small groups hidden, and the page."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from statistics import mean
from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.followups.models import FollowUp, FollowUpPlan
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.models import SampleMember, SamplePlan, Wave
from wellheard.people.visits.models import Visit
from wellheard.understand.longterm.queries import changes_by_place, long_term
from wellheard.understand.longterm.rules import (
    Pair,
    apart,
    by_group,
    change_of,
    health_score,
    long_term_policy,
)

pytestmark = pytest.mark.capability("L10")
POLICY = long_term_policy()
HEALTH = POLICY.scores["health"]
# in steps of the scale: half of the first twenty gain two, a quarter of the others
GAINS = [2 if n % (2 if n < 20 else 4) == 1 else 1 for n in range(52)]


def pairs(n: int, change: float, *, place: int = 1, content: bool | None = None) -> list[Pair]:
    return [Pair(place, content, 50, 50 + change + (i % 3) - 1) for i in range(n)]


def test_score_is_the_stretched_mean_of_enough_answers() -> None:
    assert health_score(dict.fromkeys(HEALTH.items, 5), HEALTH, POLICY.scale) == 100
    seven = dict.fromkeys(HEALTH.items[:7], 2)
    assert health_score(seven, HEALTH, POLICY.scale) == 25
    assert health_score(dict.fromkeys(HEALTH.items[:6], 2), HEALTH, POLICY.scale) is None


def test_change_is_paired_and_of_enough_people() -> None:
    found = change_of(pairs(30, 4), 11)
    assert found is not None and found.estimate == pytest.approx(4) and found.verdict == "better"
    assert change_of(pairs(10, 4), 11) is None


def test_small_group_takes_the_next_with_it() -> None:
    groups = {1: pairs(30, 4), 2: pairs(5, 1), 3: pairs(12, 2)}
    shown = {place for place, change in by_group(groups, 11).items() if change}
    assert shown == {1}
    assert apart([*pairs(30, 4, content=True), *pairs(9, 1, content=False)], 11) is None
    found = apart([*pairs(30, 4, content=True), *pairs(30, 1, content=False)], 11)
    assert found is not None and found.estimate == pytest.approx(3) and found.low > 0


@pytest.fixture
def followed(place: Any, other_place: Any, at: Any) -> None:
    """40 people on the ward and 12 elsewhere answered twice; 20 and 20 of the ward were content
    and were not; the content ones gained more."""
    home = place.organisation
    plan = FollowUpPlan.objects.create(
        organisation=home, name="x", instrument="daily_health", kinds=["inpatient"],
        months=[0, 3], rule_version="x", proposed_at=at, started_at=at,
    )  # fmt: skip
    sample = SamplePlan.objects.create(
        organisation=home, name="s", instrument="pulse", eligibility="x", sequence="x", size=9,
        seed="s", proposed_at=at,
    )  # fmt: skip
    wave = Wave.objects.create(
        organisation=home, plan=sample, starts_on=at.date(), ends_on=at.date(), sequence="x",
        seed="s", method="m", rules_version="x", instrument_version=1, frame=1, eligible=1,
        homes=1, drawn_at=at,
    )  # fmt: skip
    for number in range(52):
        where = place if number < 40 else other_place
        visit = Visit.objects.create(
            organisation=home, place=where, kind="inpatient", status="finished", ended_at=at,
            recorded_at=at,
        )  # fmt: skip

        def answered(code: str, answers: dict[str, int], where: Any = where) -> Invitation:
            response = Response.objects.create(
                organisation=home, place=where, instrument=code, version=1, received_at=at,
                recorded_at=at, mode="web", answers=answers,
            )  # fmt: skip
            return Invitation.objects.create(
                organisation=home, place=where, instrument=code, version=1,
                key=f"{code}{response.pk}", made_at=at, expires_at=at, response=response,
            )  # fmt: skip

        content = number < 20
        gain = GAINS[number]
        for months, value in ((0, 2), (3, 2 + gain)):
            FollowUp.objects.create(
                organisation=home, plan=plan, visit=visit, months=months, due_at=at,
                latest_at=at, asked_at=at,
                invitation=answered("daily_health", dict.fromkeys(HEALTH.items, value)),
            )  # fmt: skip
        if number < 40:
            SampleMember.objects.create(
                organisation=home, wave=wave, visit=visit, place=where, language="en",
                probability=1, way="", starts_at=at, closes_at=at + timedelta(days=1),
                invitation=answered("pulse", {"rating": 10 if content else 5}),
            )  # fmt: skip


def test_answers_join_the_first_ones_and_the_first_survey(
    followed: None, place: Any, other_place: Any, at: Any
) -> None:
    found = long_term(place.organisation_id, today=at.date())
    health = next(each for each in found.afters if each.score.code == "health")
    assert health.change is not None and health.change.n == 52
    assert health.change.estimate == pytest.approx(25 * mean(GAINS))
    assert health.content is not None and health.content.estimate == pytest.approx(37.5)
    assert health.other is not None and health.other.estimate == pytest.approx(31.25)
    assert health.apart is not None and health.apart.estimate == pytest.approx(6.25)
    assert changes_by_place(place.organisation_id, 3).keys() == {place.pk, other_place.pk}


def test_page_and_file_say_what_goes_along_and_not_what_causes(
    followed: None, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("executive"))
    shown = client.get(reverse("longterm:longterm")).content.decode()
    assert "better than at first" in shown and "is not shown to come from it" in shown
    text = client.get(reverse("longterm:longterm"), {"format": "csv"}).content.decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert rows[0]["n"] == "52" and all("not shown to come" in row["caution"] for row in rows)


def test_page_without_answers_says_what_to_do(staff: Any, signed_in: Any) -> None:
    shown = signed_in(staff("analyst")).get(reverse("longterm:longterm")).content.decode()
    assert "Nobody has answered a second time yet" in shown
