"""Whoever sends without a name, killed (kill -9) at any statement on the way: used and kept, or
neither; sent again once, and never twice."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

pytestmark = [pytest.mark.capability("E01"), pytest.mark.slow, pytest.mark.any_database]

# Each sending is a child that kills itself at one of its statements, from the first on.
STORY = """
import json, os, signal
from datetime import UTC, datetime
import django; django.setup()
from django.db import connection
from wellheard.base.audit.actor import Actor
from wellheard.base.audit.queries import verify_all
from wellheard.listen.invitations.actions import invite, keep_and_send
from wellheard.listen.invitations.models import Invitation, SealedAnswers, SplitDraft
from wellheard.listen.invitations.queries import invitation_behind
from wellheard.listen.surveys.instruments import instrument
from wellheard.people.places.actions import add_place, add_site, first_organisation

NOW = datetime.now(UTC)
home = first_organisation(at=NOW)
by = Actor.system(home.pk, "test")
ward = add_place(add_site(home, name="S", by=by, at=NOW), name="W", kind="ward", by=by, at=NOW)
items = list(instrument("pulse").items)

def send(token, words, kill_at):
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
        held, closed = invitation_behind(token, now=NOW)
        if closed is None:
            with connection.execute_wrapper(counting):
                keep_and_send(held, items, {"rating": "9", "comment": words}, language="en", at=NOW)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

def state():
    used = Invitation.objects.filter(ended_as="sent").count()
    return [used, SealedAnswers.objects.count(), SplitDraft.objects.count()]

kills, apart, kill_at = [], [], 1
while True:
    made = invite(place=ward, instrument_code="pulse", anonymous=True, by=by, at=NOW)
    killed = send(made.token, f"Words {kill_at}", kill_at)
    used, kept, drafts = state()
    apart.append([used - kept, drafts])
    if not killed:
        break
    kills.append(killed)
    for _again in range(2):
        send(made.token, f"Words {kill_at}", 0)
    kill_at += 1
said = sorted(json.loads(row.sealed)["told"]["comment"] for row in SealedAnswers.objects.all())
print(json.dumps({
    "kills": kills, "apart": apart, "said": said,
    "wanted": sorted(f"Words {n}" for n in range(1, kill_at + 1)), "state": state(),
    "broken": [str(each.broken) for each in verify_all() if each.broken],
}))
"""


def test_answers_are_kept_with_the_link_used_or_neither(apart: Callable[..., str]) -> None:
    told = json.loads(apart("-c", STORY).splitlines()[-1])
    assert len(told["kills"]) >= 8 and set(told["kills"]) == {9}
    assert all(each == [0, 0] for each in told["apart"]), told["apart"]
    assert told["said"] == told["wanted"] and told["broken"] == []
    assert told["state"] == [len(told["said"]), len(told["said"]), 0]
