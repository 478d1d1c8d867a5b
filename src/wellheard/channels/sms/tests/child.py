"""A process of its own that sends; it forks off workers that are killed on the way.

``child.py prepare:12 die:1:sent together:2 send:400`` does one step after the other; ``together``
and ``send`` take seconds after noon. It reads WELLHEARD_HOME and CHILD_GATEWAY.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  (Django must be set up first)
from django.db import connections  # noqa: E402

from wellheard.base.audit.actor import Actor  # noqa: E402
from wellheard.base.audit.trail import Trail  # noqa: E402
from wellheard.base.tables.making import make_database  # noqa: E402
from wellheard.channels.outbox import sending, tasks  # noqa: E402
from wellheard.channels.outbox.actions import queue_message  # noqa: E402
from wellheard.channels.outbox.models import Message  # noqa: E402
from wellheard.people.consent.actions import give_consent  # noqa: E402
from wellheard.people.patients.actions import recognise_patient  # noqa: E402
from wellheard.people.places.actions import add_organisation  # noqa: E402

NOON = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(step: Callable[..., Any]) -> Callable[..., None]:
    def run(*given: Any, **named: Any) -> None:
        step(*given, **named)
        die()

    return run


def prepare(count: int) -> None:
    """An organisation, and as many patients with one message each."""
    home = add_organisation(
        name="Riverbend",
        slug="riverbend",
        country="US",
        jurisdiction="us-hospital",
        zone="America/Chicago",
        languages=["en"],
        at=NOON,
    )
    by = Actor.system(home.pk, "test")
    for number in range(count):
        patient = recognise_patient(
            organisation=home,
            phone=f"+1312555{number:04d}",
            name=f"Patient {number}",
            by=by,
            at=NOON,
        )
        assert patient is not None
        give_consent(
            patient=patient, channel="sms", purpose="reply", wording="t", source="t", by=by, at=NOON
        )
        queue_message(
            patient_id=patient.pk,
            template="note",
            version=1,
            subject="Note",
            body=f"Note {number}",
            purpose="reply",
            channel="sms",
            key=f"note-{number}",
            by=by,
            at=NOON,
        )


def send_and_die(message_id: int, where: str) -> None:
    """Send one message and be killed at one of the places where that hurts."""
    if where == "before":
        die()
    elif where == "weighing":
        sending.look = die  # type: ignore[assignment]
    elif where == "packed":
        transport_for = sending.transport_for
        sending.transport_for = lambda channel: transport_for(channel) and die
    elif where == "sent":
        sending.note_accepted = die
    elif where == "writing":
        Trail.publish = die  # type: ignore[method-assign]
    elif where == "written":
        sending.note_accepted = dying_after(sending.note_accepted)
    sending.send_one(message_id, clock=lambda: NOON)


def send_all(seconds: int) -> None:
    """What a worker does for everything the sweep hands over, ``seconds`` later."""
    now = NOON + timedelta(seconds=seconds)
    tasks.sweep(now)
    for message_id in Message.objects.order_by("pk").values_list("pk", flat=True):
        sending.send_one(message_id, clock=lambda: now)


def forked(run: Callable[[], None]) -> int:
    """Start ``run`` in a process of its own; its id. A connection must not be shared with it."""
    connections.close_all()
    process = os.fork()
    if process == 0:
        run()
        os._exit(0)
    return process


def killed(message_id: int, where: str) -> None:
    process = forked(lambda: send_and_die(message_id, where))
    _, status = os.waitpid(process, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, f"not killed {where}"


def together(workers: int, seconds: int) -> None:
    """Several workers at once on everything that is due."""
    started = [forked(lambda: send_all(seconds)) for _ in range(workers)]
    assert [os.waitpid(process, 0)[1] for process in started] == [0] * workers


def run_step(verb: str, *given: str) -> None:
    if verb == "prepare":
        make_database()
        prepare(int(given[0]))
    elif verb == "die":
        killed(int(given[0]), given[1])
    elif verb == "together":
        together(int(given[0]), int(given[1]))
    else:
        send_all(int(given[0]))


if __name__ == "__main__":
    settings.CHANNEL_TRANSPORTS = {"sms": "twilio", "email": "none"}
    settings.SMS_GATEWAY = os.environ["CHILD_GATEWAY"]
    settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_FROM = "AC1", "token", "+13125550000"
    for step in sys.argv[1:]:
        run_step(*step.split(":"))
