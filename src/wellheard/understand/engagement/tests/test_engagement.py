"""Indices: each component alone, the sum by hand, what is missing said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from statistics import mean
from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.people.visits.models import Visit
from wellheard.understand.engagement.queries import index_page, index_value, part_of
from wellheard.understand.engagement.rules import (
    Component,
    IndexDefinitionError,
    Part,
    change_of,
    index_policy,
    item_part,
    read_policy,
    value_of,
)
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.themes.models import CommentReading, Sentiment

YEAR = Period(Month(2026, 1), Month(2027, 1))
INDICES = index_policy().indices


def component(index: str, code: str) -> Component:
    return next(each for each in INDICES[index].components if each.code == code)


@pytest.mark.capability("K15")
@pytest.mark.capability("L03")
def test_engagement_declares_its_four_components_and_weights() -> None:
    parts = INDICES["engagement"].components
    assert [each.code for each in parts] == ["retention", "loyalty", "effort", "advocacy"]
    assert [each.weight for each in parts] == [0.25] * 4


@pytest.mark.parametrize(("weights", "words"), [([0.5, 0.4], "sum to 1"), ([1.5, -0.5], "above 0")])
def test_index_that_does_not_add_up_is_refused(weights: list[float], words: str) -> None:
    parts = [
        {"code": f"c{i}", "title": "", "definition": "", "kind": "item", "weight": w}
        for i, w in enumerate(weights)
    ]
    index = {"code": "x", "title": "", "definition": "", "components": parts}
    page = {"code": "", "version": "", "quarters": 4, "least_weight": 0.5, "indices": [index]}
    with pytest.raises(IndexDefinitionError, match=words):
        read_policy(page)


def test_component_of_an_item_is_the_stretched_mean() -> None:
    part = item_part(component("ease", "easy"), Counts.of({1: 10, 3: 10, 5: 20}))
    assert part.estimate == pytest.approx(mean([0.0] * 10 + [50.0] * 10 + [100.0] * 20))
    assert part.low < part.estimate < part.high  # type: ignore[operator]


def test_index_is_the_weighted_sum_and_names_what_is_missing() -> None:
    index = INDICES["engagement"]
    parts = [
        Part(each, 100, 10.0 * (i + 5), 10.0 * (i + 5) - 3, 10.0 * (i + 5) + 3)
        for i, each in enumerate(index.components)
    ]
    value = value_of(index, parts, least_weight=0.5)
    assert (value.estimate, value.low, value.high) == pytest.approx((65.0, 62.0, 68.0))
    fewer = value_of(index, [Part(index.components[0]), *parts[1:]], least_weight=0.5)
    assert fewer.estimate == pytest.approx(70.0)
    assert [each.code for each in fewer.missing] == ["retention"]
    most_missing = [Part(each) for each in index.components[:3]] + parts[3:]
    assert value_of(index, most_missing, least_weight=0.5).estimate is None
    assert change_of(value, fewer) is None
    assert change_of(value, value).verdict == "cannot_tell"  # type: ignore[union-attr]


@pytest.mark.capability("A25")
@pytest.mark.capability("K12")
def test_ease_responsiveness_and_reputation_match_the_raw_answers(place: Any) -> None:
    keep(
        answer(place, "2026-02", 4, 30, item="wait_told"),
        answer(place, "2026-02", 1, 10, item="wait_told"),
        answer(place, "2026-05", 3, 40, item="help_soon"),
        answer(place, "2026-08", 10, 25, item="recommend"),
        answer(place, "2026-08", 5, 25, item="recommend"),
    )
    raw = [row.answers for row in Response.objects.all()]
    waits = [100 * (a["wait_told"] - 1) / 3 for a in raw if "wait_told" in a]
    helps = [100 * (a["help_soon"] - 1) / 3 for a in raw if "help_soon" in a]
    spoke = [10 * a["recommend"] for a in raw if "recommend" in a]
    organisation_id = place.organisation_id
    assert index_value(organisation_id, INDICES["ease"], YEAR).estimate == pytest.approx(
        mean(waits)
    )
    assert index_value(organisation_id, INDICES["responsiveness"], YEAR).estimate == pytest.approx(
        mean(helps)
    )
    recommend = part_of(organisation_id, component("reputation", "recommend"), YEAR)
    assert recommend.estimate == pytest.approx(mean(spoke)) and recommend.n == 50


@pytest.mark.capability("K15")
def test_retention_counts_who_came_again_within_twelve_months(place: Any) -> None:
    def visit(person: int, day: date, kind: str = "ambulatory") -> Visit:
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return Visit(
            organisation_id=place.organisation_id, place=place, person_key=f"p{person}",
            kind=kind, status="finished", ended_at=moment, recorded_at=moment,
        )  # fmt: skip

    rows = [visit(n, date(2025, 6, 1)) for n in range(60)]
    rows += [visit(n, date(2026, 3, 1)) for n in range(40)]  # came again in time
    rows += [visit(n, date(2026, 9, 1)) for n in range(40, 45)]  # too late
    rows += [visit(n, date(2026, 3, 1), "inpatient") for n in range(45, 50)]  # another kind
    Visit.objects.bulk_create(rows)
    part = part_of(place.organisation_id, component("engagement", "retention"), YEAR)
    assert part.n == 60 and part.estimate == pytest.approx(100 * 40 / 60)
    Visit.objects.filter(person_key__in=[f"p{n}" for n in range(47, 60)]).delete()
    hidden = part_of(place.organisation_id, component("engagement", "retention"), YEAR)
    assert hidden.estimate is None, "seven who did not come again are a small group"


@pytest.mark.capability("K12")
def test_rated_comments_are_stretched(place: Any, at: Any) -> None:
    Comment.objects.bulk_create(
        Comment(
            organisation_id=place.organisation_id, place=place, source="review",
            reference=f"R{n:05d}", received_at=datetime(2026, 3, 1, tzinfo=UTC),
            recorded_at=at, triage_due_at=at, text="Kind people", rating=5 if n < 15 else 1, rating_max=5,
        )
        for n in range(20)
    )  # fmt: skip
    part = part_of(place.organisation_id, component("reputation", "reviews"), YEAR)
    assert (part.n, part.estimate) == (20, pytest.approx(75.0))


@pytest.mark.capability("L12")
def test_being_known_as_a_person_is_tracked_and_moves(place: Any) -> None:
    def portion(month: str, value: int) -> Any:
        return (
            *answer(place, month, value, 100, item="respect"),
            *answer(place, month, 4, 5, item="respect"),
        )

    keep(iter(portion("2025-03", 2)), iter(portion("2026-03", 4)))
    page = index_page(place.organisation_id, INDICES["recognition"], until=date(2027, 1, 2))
    assert page.change is not None and page.change.verdict == "better"
    assert page.sites[0][0] == place.site_id


def test_page_names_missing_parts_and_shows_the_sum(
    place: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    keep(answer(place, "2026-02", 4, 40, item="wait_told"))
    moment = datetime(2026, 4, 2, 15, tzinfo=UTC)
    monkeypatch.setattr("wellheard.understand.engagement.views.timezone.now", lambda: moment)
    shown = signed_in(staff("executive")).get(reverse("engagement:engagement")).content.decode()
    assert "No data for: Easy to get care" in shown
    assert "(0.50 × 100.0) / 0.50 = 100.0" in shown
    assert "cannot tell" in shown and "weights" in shown


@pytest.mark.capability("K12")
def test_mood_is_the_share_of_clear_feelings_that_are_good(
    place: Any, organisation: Any, actor: Any
) -> None:
    at = datetime(2026, 6, 5, 9, tzinfo=UTC)
    felt = [Sentiment.VERY_POSITIVE] * 12 + [Sentiment.POSITIVE] * 18
    felt += [Sentiment.MIXED] * 9 + [Sentiment.NEGATIVE] * 8 + [Sentiment.VERY_NEGATIVE] * 4
    for number, sentiment in enumerate(felt):
        new = NewComment(
            organisation=organisation, source="card", text=f"Words {number}", place=place
        )
        comment = receive_comment(new, by=actor, at=at)
        CommentReading.objects.create(
            organisation=organisation,
            comment=comment,
            engine="test",
            sentiment=sentiment,
            read_at=at,
        )
    mood = part_of(organisation.pk, component("reputation", "mood"), YEAR)
    assert mood.n == 42 and mood.estimate == pytest.approx(100 * 30 / 42)
