"""What was found, as its readers see it; what recurs, raised once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.intake.models import Comment
from wellheard.people.access.person import person_of
from wellheard.understand.findings.actions import close_proposal, propose_improvement
from wellheard.understand.findings.models import FindingRun, ImprovementProposal
from wellheard.understand.findings.panels import lines_for
from wellheard.understand.findings.rules import KINDS, Finding
from wellheard.understand.findings.tasks import look_again
from wellheard.understand.themes.models import ThemeLabel

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def finding(kind: Any, place: Any, sentence: str, **more: Any) -> Finding:
    parts: dict[str, Any] = {
        "kind": kind, "place": place.name if place else None, "measure": "rating", "group": "",
        "direction": "worse", "start_on": date(2026, 1, 5), "estimate": -9.0, "low": -12.0,
        "high": -6.0, "n": 300, "method": "least squares", "verdict": "worse",
        "sentence": sentence, "place_id": place.pk if place else None,
    }  # fmt: skip
    return Finding(**{**parts, **more})


@pytest.fixture
def run(place: Any, other_place: Any) -> FindingRun:
    found = [
        finding("shift", place, "Ward 7 fell."),
        finding("peak", other_place, "Clinic 4 on Mondays.", verdict="ended"),
        finding("gap", None, "Everywhere, language es.", group="language=es"),
        finding("theme_rise", place, "Bells at Ward 7.", measure="call_bell"),
    ]
    return FindingRun.objects.create(
        organisation_id=place.organisation_id, made_at=AT, data_to=AT.date(), looked_at=20,
        policy="test", found=[each.as_dict() for each in found],
    )  # fmt: skip


def page(client: Any, route: str, **query: Any) -> str:
    response = client.get(reverse(route), query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_page_lists_what_matters_and_narrows_it(
    run: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    everything = page(client, "findings:findings")
    for words in ("Ward 7 fell.", "Clinic 4 on Mondays.", "Everywhere, language es.", "Bells"):
        assert words in everything
    peaks = page(client, "findings:findings", kind="peak")
    assert "Clinic 4 on Mondays." in peaks
    assert "Ward 7 fell." not in peaks
    here = page(client, "findings:findings", place=place.pk)
    assert "Ward 7 fell." in here
    assert "Everywhere" not in here


def test_manager_of_one_place_sees_that_place_only(
    run: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    shown = page(signed_in(staff("nurse_manager", places=[place])), "findings:findings")
    assert "Ward 7 fell." in shown
    assert "Bells at Ward 7." in shown
    assert "Clinic 4 on Mondays." not in shown
    assert "Everywhere" not in shown


def test_front_desk_sees_no_counts_of_comments(
    run: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    shown = page(signed_in(staff("front_desk", places=[place])), "findings:findings")
    assert "Ward 7 fell." in shown
    assert "Bells" not in shown


def test_page_says_when_nothing_stands_out(place: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    assert "Nothing was searched yet" in page(client, "findings:findings")
    FindingRun.objects.create(
        organisation_id=place.organisation_id, made_at=AT, looked_at=3, policy="test"
    )
    assert "Nothing stands out" in page(client, "findings:findings")


def test_place_page_shows_its_findings_first(
    run: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[place]))
    shown = client.get(reverse("boards:place", args=[place.pk])).content.decode()
    assert shown.index("Ward 7 fell.") < shown.index("Praised")


def bell(place: Any, number: int, at: datetime) -> None:
    comment = Comment.objects.create(
        organisation_id=place.organisation_id, site=place.site, place=place, source="survey",
        reference=f"B-{number}", text="Words.", received_at=at, recorded_at=at, triage_due_at=at,
    )  # fmt: skip
    ThemeLabel.objects.create(
        organisation_id=place.organisation_id, comment=comment, theme="call_bell",
        source="machine", confidence=0.9,
    )  # fmt: skip


@pytest.mark.capability("C06")
def test_rise_raises_one_proposal_that_gathers_its_comments(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    rise = finding("theme_rise", place, "Bells at Ward 7.", measure="call_bell")
    for number in range(50):
        bell(place, number, datetime(2026, 1, 10, 12, tzinfo=UTC) + timedelta(hours=number))
    bell(place, 90, datetime(2025, 12, 1, tzinfo=UTC))
    propose_improvement(place.organisation_id, rise, by=actor, at=AT)
    bell(place, 91, datetime(2026, 2, 20, tzinfo=UTC))
    again = propose_improvement(place.organisation_id, rise, by=actor, at=AT + timedelta(days=7))
    assert ImprovementProposal.objects.get() == again
    assert again.comments.count() == 51
    client = signed_in(staff("px_specialist"))
    assert "51 comments linked" in page(client, "findings:findings")
    client.post(reverse("findings:close", args=[again.pk]))
    assert ImprovementProposal.objects.open().count() == 0
    later = propose_improvement(place.organisation_id, rise, by=actor, at=AT + timedelta(days=90))
    assert later != again
    with pytest.raises(ImprovementProposal.DoesNotExist):
        close_proposal(again.pk, by=actor, at=AT)


def test_search_runs_again_only_when_something_new_was_said(place: Any) -> None:
    bell(place, 1, AT)
    look_again(AT + timedelta(hours=1))
    look_again(AT + timedelta(hours=2))
    assert FindingRun.objects.count() == 1
    bell(place, 2, AT + timedelta(hours=3))
    look_again(AT + timedelta(hours=4))
    assert FindingRun.objects.count() == 2


@pytest.mark.capability("B18")
def test_every_kind_of_finding_leads_to_its_figures_and_to_what_people_said(
    place: Any, staff: Any, signed_in: Any
) -> None:
    found = [
        finding("shift", place, "Shift."), finding("trend", None, "Trend."),
        finding("gap", None, "Gap.", group="language=es"), finding("driver", None, "Driver."),
        finding("theme_rise", place, "Rise.", measure="call_bell", unit="times"),
        finding("silence", None, "Silence.", group="language=ar", unit="%"),
        finding("dissatisfaction", place, "Trouble.", measure="complaints", unit="times"),
        finding("peak", place, "Peak.", group="Monday 08:00-12:00", direction="better"),
    ]  # fmt: skip
    assert {each.kind for each in found} == set(KINDS)
    FindingRun.objects.create(
        organisation_id=place.organisation_id, made_at=AT, data_to=AT.date(), looked_at=20,
        policy="test", found=[each.as_dict() for each in found],
    )  # fmt: skip
    client = signed_in(staff("px_specialist"))
    shown = page(client, "findings:findings")
    lines = lines_for(client_person(staff("px_specialist")))
    assert len(lines) == len(found)
    for line in lines:
        assert line.url and line.said_url, line.finding.kind
        assert client.get(line.said_url).status_code == 200
        assert line.said_url.replace("&", "&amp;") in shown
    said = {line.finding.kind: line.said_url for line in lines}
    assert "language=es" in said["gap"] and "answers=rest" in said["gap"]
    assert "answers=best" in said["peak"] and "until=2026-01-05" in said["silence"]
    assert "theme=call_bell" in said["theme_rise"] and "mood=trouble" in said["dissatisfaction"]
    assert not [line for line in lines_for(client_person(staff("auditor"))) if line.said_url]


def client_person(user: Any) -> Any:
    return person_of(user, now=AT)
