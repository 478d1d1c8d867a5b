"""The gap map: a stage at which nobody listens shows as a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.panels.models import Panel
from wellheard.listen.responses.actions import NewResponse, receive_response
from wellheard.listen.stages.actions import place_at_stage
from wellheard.listen.stages.queries import stage_lines
from wellheard.listen.stages.rules import Point, gap_map, unplaced
from wellheard.people.places.actions import add_touchpoint, close_touchpoint

pytestmark = pytest.mark.capability("B20")
NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)


def states(organisation, now=NOW):
    lines, _loose = stage_lines(organisation, now=now)
    return {line.stage: line.state for line in lines}


def test_stage_without_a_listening_point_is_a_gap_and_one_without_voices_is_quiet():
    heard = Point(kind="survey", code="pulse", stage="after", voices=3)
    quiet = Point(kind="cards", code="ward", stage="care")
    loose = Point(kind="survey", code="own", stage="", voices=9)
    lines = gap_map(["before", "care", "after"], [heard, quiet, loose])
    assert [(line.stage, line.state) for line in lines] == [
        ("before", "gap"),
        ("care", "quiet"),
        ("after", "heard"),
    ]
    assert unplaced(["before", "care", "after"], [heard, quiet, loose]) == [loose]


@pytest.mark.django_db
def test_gap_closes_when_something_listens_there_and_opens_again_when_it_ends(
    organisation, place, actor
):
    assert states(organisation) == {
        "receive": "quiet",
        **dict.fromkeys(
            ["aware", "choose", "access", "arrive", "leave", "follow_up", "ongoing", "former"],
            "gap",
        ),
    }
    desk = add_touchpoint(place, name="Discharge desk", by=actor, at=NOW)
    place_at_stage("leave", touchpoint=desk, by=actor, at=NOW)
    Panel.objects.create(organisation=organisation, name="Went away", kind="lost", begun_at=NOW)
    assert {states(organisation)[stage] for stage in ("leave", "former")} == {"quiet"}
    new = NewComment(
        organisation=organisation, source="card", place=place, rating=4, touchpoint_id=desk.pk
    )
    receive_comment(new, by=actor, at=NOW)
    assert (states(organisation)["leave"], states(organisation)["receive"]) == ("heard", "quiet")
    assert states(organisation, NOW + timedelta(days=91))["leave"] == "quiet"
    close_touchpoint(desk, by=actor, at=NOW)
    assert states(organisation)["leave"] == "gap"


@pytest.mark.django_db
def test_survey_is_put_at_a_stage_on_the_page(organisation, place, actor, staff, signed_in):
    receive_response(
        NewResponse(
            organisation=organisation, instrument="pulse", version=1, answers={"rating": 9},
            place=place,
        ),
        by=actor,
        at=datetime.now(UTC),
    )  # fmt: skip
    client = signed_in(staff("px_specialist"))
    page = client.get("/staff/stages/").content.decode()
    assert "Nobody is asked at: Becoming aware, Choosing" in page and "1 to 9" in page
    client.post("/staff/stages/placings/", {"what": "survey:pulse", "stage": "ongoing"})
    assert states(organisation, datetime.now(UTC))["ongoing"] == "heard"
    assert states(organisation, datetime.now(UTC))["follow_up"] == "gap"
    client.post("/staff/stages/placings/", {"what": "survey:pulse", "stage": "elsewhere"})
    assert states(organisation, datetime.now(UTC))["ongoing"] == "heard"


@pytest.mark.django_db
def test_voices_of_another_organisation_close_no_gap(organisation, place, actor):
    from wellheard.people.places.actions import add_organisation

    other = add_organisation(
        name="Other", slug="other", country="US", jurisdiction="us-hospital", zone="UTC",
        languages=["en"], at=NOW,
    )  # fmt: skip
    receive_comment(
        NewComment(organisation=organisation, source="review", text="Fine"), by=actor, at=NOW
    )
    assert states(organisation)["choose"] == "heard"
    assert set(states(other).values()) == {"gap"}
