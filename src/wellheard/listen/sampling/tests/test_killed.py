"""A draw whose process is killed (kill -9) at any of its statements has drawn nobody or everybody."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

pytestmark = [pytest.mark.capability("B01"), pytest.mark.slow, pytest.mark.any_database]

# One process sets the house up; each draw is a child that kills itself at one of its statements,
# from the first to the last before everything is kept, and at last one that lives.
STORY = """
import json, os, signal, uuid
from datetime import UTC, date, datetime, timedelta
import django; django.setup()
from django.db import connection
from wellheard.base.audit.actor import Actor
from wellheard.base.audit.queries import verify_all
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.sampling import actions
from wellheard.listen.sampling.models import ModeStep, SampleMember, SamplePlan, Wave
from wellheard.people.patients.bulk import Newcomer
from wellheard.people.places.actions import add_place, add_site, first_organisation
from wellheard.people.staff.models import User
from wellheard.people.visits.actions import NewVisit, receive_visits

NOW, FEBRUARY = datetime(2026, 3, 4, 20, 30, tzinfo=UTC), date(2026, 2, 1)
home = first_organisation(at=NOW)
by = Actor.system(home.pk, "test")
ward = add_place(add_site(home, name="S", by=by, at=NOW), name="W", kind="ward", by=by, at=NOW)
def visit(n):
    ended = datetime(2026, 2, 1 + n % 28, 18, tzinfo=UTC)
    return NewVisit(
        place_id=ward.pk, kind="inpatient", status="finished", external_id=f"V{n}",
        person=Newcomer(key=f"{n:064d}", name=f"Ann {n}", email=f"p{n}@example.org", language="en"),
        household=f"{n:064d}", arrived_at=ended - timedelta(days=3), ended_at=ended, nights=3,
        age=50, age_band="50-64", service_line="medical", discharge_to="home", language="en",
    )
receive_visits([visit(n) for n in range(400)], organisation=home, batch=uuid.uuid4(), by=by, at=NOW)
users = [User.objects.create(email=f"{n}@example.org", name=n, organisation=home) for n in "ab"]
first, second = (Actor("staff", str(u.pk), home.pk, u.name) for u in users)
plan = actions.propose_plan(actions.NewPlan(
    name="P", instrument="pulse", eligibility="hcahps-like", sequence="web-text-paper-phone", size=100,
), by=first, at=NOW)
actions.decide_plan(plan, "approved", by=second, at=NOW)
expected = set(actions.preview_draw(plan, FEBRUARY, at=NOW).draw.chosen)
TABLES = (Wave, SampleMember, Invitation, ModeStep)

def draw(kill_at):
    connection.close()  # the child opens the database anew
    child = os.fork()
    if child == 0:
        seen = 0
        def counting(execute, sql, params, many, context):
            nonlocal seen
            seen += 1
            if seen == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)
        with connection.execute_wrapper(counting):
            actions.draw_wave(SamplePlan.objects.get(), FEBRUARY, by=second, at=NOW)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

kills, left = [], []
kill_at = 1
while killed_by := draw(kill_at):
    kills.append(killed_by)
    left.append([table.objects.count() for table in TABLES])
    kill_at += 1 if kill_at < 6 else 3
drawn = set(SampleMember.objects.values_list("visit_id", flat=True))
print(json.dumps({
    "kills": kills, "left": left, "same": drawn == expected, "drawn": len(drawn),
    "counts": [table.objects.count() for table in TABLES],
    "broken": [str(each.broken) for each in verify_all() if each.broken],
}))
"""


def test_draw_killed_at_any_statement_leaves_nobody_half_drawn(apart: Callable[..., str]) -> None:
    told = json.loads(apart("-c", STORY).splitlines()[-1])
    assert len(told["kills"]) >= 8 and set(told["kills"]) == {9}
    assert {count for counts in told["left"] for count in counts} == {0}
    assert told["drawn"] == 100 and told["same"], "it takes exactly those it would have taken"
    assert told["counts"] == [1, 100, 100, 100] and told["broken"] == []
