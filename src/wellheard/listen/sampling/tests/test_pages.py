"""The pages and the console of sampling."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from django.core import mail
from django.urls import reverse

from wellheard.listen.sampling import commands, views
from wellheard.listen.sampling.actions import decide_plan, draw_wave
from wellheard.listen.sampling.models import PlanStep, SamplePlan, TopUp, Wave
from wellheard.listen.sampling.queries import plan_state
from wellheard.listen.sampling.tests.conftest import FEBRUARY, NOW
from wellheard.listen.sampling.tests.test_asking import answer
from wellheard.people.staff.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The pages' clock stands still."""
    for name in ("now", "localdate"):
        value = NOW if name == "now" else NOW.date()
        monkeypatch.setattr(views.timezone, name, lambda value=value: value)


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_plan_is_proposed_previewed_started_by_a_second_person_and_drawn(
    discharges, staff, signed_in, place
):
    discharges(60)
    first, second = staff("px_specialist"), staff("px_specialist")
    client = signed_in(first)
    answer = client.post(
        reverse("sampling:new"),
        {
            "name": "Inpatients",
            "instrument": "pulse",
            "eligibility": "hcahps-like",
            "period": "month",
            "size": "20",
            "method": "disproportional",
            "stratum": "place",
            "least": "5",
            "sequence": "web-text-paper-phone",
        },
    )
    plan = SamplePlan.objects.get()
    assert answer.url == reverse("sampling:plan", args=[plan.pk])
    page = text_of(client.get(answer.url))
    assert "What a draw would bring" in page and "Would be drawn 20" in page
    assert "nobody starts their own plan" in page and "Ward 7" in page
    client.post(reverse("sampling:decide", args=[plan.pk]), {"kind": "approved"})
    assert plan_state(plan) == "proposed"
    client = signed_in(second)
    client.post(reverse("sampling:decide", args=[plan.pk]), {"kind": "approved"})
    answer = client.post(reverse("sampling:draw", args=[plan.pk]), {"span": "2026-02-01"})
    wave = Wave.objects.get()
    assert answer.url == reverse("sampling:wave", args=[wave.pk])
    page = text_of(client.get(answer.url))
    assert "Drawn 20" in page and "RR1" in page and "RR6" in page and "Seed" in page
    listed = text_of(client.get(reverse("sampling:plans")))
    assert "Inpatients" in listed and "running" in listed and "The weeks ahead" in listed


def test_form_says_what_is_missing(staff, signed_in, place):
    answer = signed_in(staff("analyst")).post(
        reverse("sampling:new"), {"name": "", "method": "proportional", "size": "0"}
    )
    assert answer.status_code == 422
    assert "Choose the groups to draw by." in answer.content.decode()
    assert not SamplePlan.objects.exists()


@pytest.mark.parametrize("kind", ["paused", "stopped"])
def test_plan_is_paused_and_stopped_by_a_button(running, staff, signed_in, kind):
    plan = running()
    client = signed_in(staff("analyst"))
    client.post(reverse("sampling:decide", args=[plan.pk]), {"kind": kind})
    assert plan_state(plan) == kind
    assert client.get(reverse("sampling:plan", args=[plan.pk])).status_code == 200
    assert client.post(reverse("sampling:decide", args=[plan.pk]), {"kind": "x"}).status_code == 404


def test_analyst_may_not_start_what_asks_patients(running, colleagues, staff, signed_in):
    plan = running()
    PlanStep.objects.all().delete()
    client = signed_in(staff("analyst"))
    answer = client.post(reverse("sampling:decide", args=[plan.pk]), {"kind": "approved"})
    assert answer.status_code == 403 and plan_state(plan) == "proposed"
    draw = reverse("sampling:draw", args=[plan.pk])
    assert client.post(draw, {"span": "2026-02-01"}).status_code == 403


def test_test_send_reaches_oneself_in_every_language_and_no_patient(running, staff, signed_in):
    plan = running()
    user = staff("px_specialist")
    signed_in(user).post(reverse("sampling:test", args=[plan.pk]))
    assert len(mail.outbox) == 6
    assert {message.to[0] for message in mail.outbox} == {User.objects.get(pk=user.pk).email}
    assert all("/s/" not in message.body for message in mail.outbox)


def test_nurse_manager_counts_only_their_own_place(
    discharges, running, colleagues, place, staff, signed_in
):
    discharges(40)
    wave = draw_wave(running(size=40), FEBRUARY, by=colleagues[1], at=NOW)
    mine = wave.members.filter(place=place).count()
    client = signed_in(staff("nurse_manager", places=[place]))
    page = text_of(client.get(reverse("sampling:wave", args=[wave.pk])))
    assert 0 < mine < 40 and f"Drawn at your places {mine} " in page
    # Nothing of the whole wave: not its frame, not its strata, not who was left out.
    assert "Homes" not in page and "How it was drawn" not in page
    assert client.get(reverse("sampling:health")).status_code == 403
    assert client.get(reverse("sampling:silence")).status_code == 200


@pytest.mark.capability("B01")
def test_nurse_manager_reads_a_plan_that_asks_everywhere_and_changes_nothing(
    discharges, running, colleagues, place, other_place, actor, staff, signed_in
):
    discharges(60)
    plan = running(size=60)
    wave = draw_wave(plan, FEBRUARY, by=colleagues[1], at=NOW)
    for member in wave.members.filter(place=place)[:15]:
        answer(member, actor, NOW)
    client = signed_in(staff("nurse_manager", places=[place]))
    lines = text_of(client.get(reverse("sampling:plans")))
    # 15 of 45; the interval is Wilson's.
    assert "Inpatients" in lines and "33.3 % (n 45, 21.4–47.9)" in lines.replace("\u202f", " ")
    shown = client.get(reverse("sampling:plan", args=[plan.pk]))
    page = text_of(shown)
    assert "Everybody has the same chance" in page and " 45 " in page
    for none in ("Pause", "Stop for good", "What a draw would bring", "Send me a test"):
        assert none not in page
    assert (
        client.post(reverse("sampling:decide", args=[plan.pk]), {"kind": "paused"}).status_code
        == 403
    )
    assert (
        client.post(reverse("sampling:draw", args=[plan.pk]), {"span": "2026-02-01"}).status_code
        == 403
    )
    assert plan_state(plan) == "running"
    # At the other place ten of fifteen who answered are too few beside the five who did not.
    for member in wave.members.filter(place=other_place)[:11]:
        answer(member, actor, NOW)
    client = signed_in(staff("nurse_manager", places=[other_place]))
    few = text_of(client.get(reverse("sampling:wave", args=[wave.pk])))
    assert "Drawn at your places 15 Answered too few to show" in few and "%" not in few[:400]


def test_plan_for_other_places_is_not_there_for_a_nurse_manager(
    running, place, other_place, staff, signed_in
):
    plan = running(places=[other_place])
    client = signed_in(staff("nurse_manager", places=[place]))
    assert "No plan asks at your places" in text_of(client.get(reverse("sampling:plans")))
    assert client.get(reverse("sampling:plan", args=[plan.pk])).status_code == 404


def test_pages_of_another_organisation_are_not_there(running, staff, signed_in, at):
    from wellheard.people.places.actions import add_organisation

    plan = running()
    other = add_organisation(
        name="O", slug="o", country="US", jurisdiction="us-hospital", zone="UTC",
        languages=["en"], at=at,
    )  # fmt: skip
    client = signed_in(staff("px_specialist", in_=other))
    assert client.get(reverse("sampling:plan", args=[plan.pk])).status_code == 404


def test_silence_page_names_the_group_and_takes_the_decision(
    discharges, running, colleagues, organisation, place, staff, signed_in
):
    discharges(60)
    discharges(40, start=60, language="es")
    wave = draw_wave(running(size=50), FEBRUARY, by=colleagues[1], at=NOW)
    proposal = TopUp.objects.create(
        organisation=organisation,
        wave=wave,
        group="language",
        value="es",
        treated=40,
        heard=1,
        representation=0.2,
        size=10,
        sequence="phone-first",
        proposed_at=NOW,
    )
    client = signed_in(staff("px_specialist"))
    page = text_of(client.get(reverse("sampling:silence")))
    assert "Telephone with an interpreter" in page and "draw up to 10 more" in page
    answer = client.post(reverse("sampling:top-up", args=[proposal.pk]), {"decision": "accept"})
    drawn = TopUp.objects.get().drawn
    assert answer.url == reverse("sampling:wave", args=[drawn.pk])
    assert "top-up: Language es" in text_of(client.get(answer.url))


@pytest.mark.capability("B19")
def test_health_page_shows_each_feed(discharges, staff, signed_in):
    discharges(140)
    page = text_of(signed_in(staff("analyst")).get(reverse("sampling:health")))
    assert "Visits: inpatient" in page and "silent" in page


def test_console_tells_a_program_what_a_draw_would_bring_and_what_it_brought(
    discharges, running, monkeypatch
):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    discharges(140)
    plan = running(size=10)

    def run(*arguments):
        answer = CliRunner().invoke(commands.sample, [str(a) for a in (*arguments, "--json")])
        return answer.exit_code, json.loads(answer.stdout)

    assert run("plans")[1][0]["state"] == "running"
    code, (seen,) = run("draw", plan.pk, "--span", "2026-02-14", "--dry-run")
    assert code == 0 and (seen["frame"], seen["drawn"]) == (140, 10) and not Wave.objects.exists()
    code, (made,) = run("draw", plan.pk, "--span", "2026-02-14")
    assert code == 0 and made["drawn"] == 10 and made["starts_on"] == "2026-02-01"
    code, (refused,) = run("draw", plan.pk, "--span", "2026-02-14")
    assert (code, refused) == (2, {"ok": False, "why": "drawn"})
    code, (stands,) = run("status", made["wave"])
    assert code == 0 and stands["drawn"] == 10 and stands["rates"]["RR1"]["rate"] == 0
    assert run("health")[0] == 1


def test_paused_wave_says_so(discharges, running, colleagues, staff, signed_in):
    discharges(12)
    plan = running(size=12)
    wave = draw_wave(plan, FEBRUARY, by=colleagues[1], at=NOW)
    decide_plan(plan, "paused", by=colleagues[1], at=NOW)
    page = text_of(signed_in(staff("executive")).get(reverse("sampling:wave", args=[wave.pk])))
    assert "nobody is asked now" in page
