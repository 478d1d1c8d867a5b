from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from wellheard.base.events import wiring
from wellheard.base.events.delivery import MOST_TRIES, deliver
from wellheard.base.events.models import Event, Reception
from wellheard.base.events.publishing import OutsideTransaction, publish
from wellheard.base.events.tasks import redeliver_unsettled

pytestmark = pytest.mark.django_db
HERE = "wellheard.base.events.tests.test_delivery"
seen: list[str] = []


def note(happening):
    seen.append(f"note {happening.ids['thing_id']}")


def refuse(happening):
    seen.append("refuse")
    raise ValueError("a patient's words")


@pytest.fixture(autouse=True)
def wired(monkeypatch):
    seen.clear()
    wiring.reaction.cache_clear()
    functions = {"note": note, "refuse": refuse}
    monkeypatch.setattr("wellheard.base.events.delivery.reaction", lambda dotted: functions[dotted])
    monkeypatch.setattr(
        "wellheard.config.wiring.REACTIONS", {"x.done": ("note",), "x.hard": ("refuse", "note")}
    )


def happen(at, name):
    with transaction.atomic():
        publish(name, organisation_id=1, at=at, ids={"thing_id": 4})


def test_event_is_delivered_once(at):
    happen(at, "x.done")
    assert deliver(Event.objects.get().pk, now=at) is True
    assert seen == ["note 4"]
    assert deliver(Event.objects.get().pk, now=at) is True
    assert seen == ["note 4"]


def test_event_nobody_reacts_to_is_kept_with_nothing_to_do(at):
    happen(at, "x.unheard")
    kept = Event.objects.get()
    assert (kept.name, kept.ids, kept.settled_at) == ("x.unheard", {"thing_id": 4}, at)
    assert DBTaskResult.objects.count() == 0


def test_event_of_a_unit_that_fails_is_not_kept(at):
    with pytest.raises(RuntimeError), transaction.atomic():
        publish("x.done", organisation_id=1, at=at, ids={"thing_id": 4})
        raise RuntimeError
    assert Event.objects.count() == 0
    assert DBTaskResult.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_publishing_needs_an_open_transaction(at):
    with pytest.raises(OutsideTransaction):
        publish("x.done", organisation_id=1, at=at, ids={})


def test_reaction_that_fails_is_tried_again_and_does_not_stop_the_next(at):
    happen(at, "x.hard")
    event = Event.objects.get()
    assert deliver(event.pk, now=at) is False
    assert seen == ["refuse", "note 4"]
    assert deliver(event.pk, now=at) is False, "too early for the second try"
    assert seen == ["refuse", "note 4"]
    redeliver_unsettled(at + timedelta(minutes=1))
    assert seen == ["refuse", "note 4", "refuse"]


def test_reaction_that_always_fails_is_given_up_and_shown_without_words(at):
    happen(at, "x.hard")
    event = Event.objects.get()
    for hour in range(MOST_TRIES):
        deliver(event.pk, now=at + timedelta(hours=hour))
    reception = Reception.objects.get(reaction="refuse")
    assert reception.gave_up_at is not None
    assert reception.error == "ValueError"
    assert deliver(event.pk, now=at + timedelta(days=1)) is True
