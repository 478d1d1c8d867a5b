"""kill -9 of web and worker at random moments: nothing that was acknowledged is lost, nothing is
sent twice. Real processes, real sockets, the database in use."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest

pytestmark = [pytest.mark.capability("P03"), pytest.mark.capability("P04"), pytest.mark.slow]

FEWEST_CARDS, MOST_CARDS = 5, 80
SHOTS = 6
STORY = "They gave my mother the wrong tablets and nobody came when she fell. Card {number}."

SETUP = """
import django; django.setup()
from django.utils import timezone
from wellheard.base.audit.actor import Actor
from wellheard.people.access.models import Membership
from wellheard.people.patients.actions import change_patient, recognise_patient
from wellheard.people.places.actions import add_place, add_site, first_organisation
from wellheard.people.staff.models import User
at = timezone.now()
home = first_organisation(at=at)
by = Actor.system(home.pk, "test")
user = User.objects.create(email="go@example.org", name="Go", organisation=home)
Membership.objects.create(organisation=home, user=user, role="grievance_officer")
# Patients for whom it is noon now, so that quiet hours hold nothing back at any hour of the test.
noon = f"Etc/GMT{at.hour - 12:+d}"
for number in range({cards}):
    known = recognise_patient(organisation=home, email=f"p{number}@example.org", by=by, at=at)
    change_patient(patient=known, by=by, at=at, zone=noon)
print(add_place(add_site(home, name="S", by=by, at=at), name="Ward", kind="ward", by=by, at=at).code)
"""

LINKS = """
import django; django.setup()
from django.utils import timezone
from wellheard.base.audit.actor import Actor
from wellheard.listen.invitations.actions import invite
from wellheard.people.places.models import Place
place, at = Place.objects.get(), timezone.now()
by = Actor.system(place.organisation_id, "test")
for _ in range({cards}):
    print(invite(place=place, instrument_code="pulse", by=by, at=at).token)
"""

COUNT = """
import django, json; django.setup()
from django_tasks_db.models import DBTaskResult
from wellheard.base.audit.queries import verify_all
from wellheard.base.events.models import Event
from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.resolve.complaints.models import Case
print(json.dumps({
    "references": sorted(Comment.objects.filter(source="card").values_list("reference", flat=True)),
    "cases": sorted(Case.objects.values_list("comment__reference", flat=True)),
    "told": sorted(Message.objects.filter(about_kind="case").values_list("key", flat=True)),
    "waiting": Event.objects.filter(settled_at__isnull=True).count()
        + DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).count(),
    "answers": sorted(
        json.dumps(each, sort_keys=True) for each in Response.objects.values_list("answers", flat=True)
    ),
    "words": sorted(Comment.objects.filter(source="survey").values_list("text", flat=True)),
    "broken": [str(v.broken) for v in verify_all() if v.broken],
}))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """Web and worker under the supervisor, which starts again what is killed."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.port = free_port()
        self.environment = {
            **os.environ,
            "WELLHEARD_HOME": str(home),
            "WELLHEARD_MODE": "production",
            "WELLHEARD_DATABASE_URL": database_url,
            "WELLHEARD_EMAIL_TRANSPORT": "folder",
            "WELLHEARD_LEASE_SECONDS": "3",
            "WELLHEARD_LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
        }
        self.sent = home / "sent"

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=400,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def start(self) -> None:
        command = [sys.executable, "-m", "wellheard.config.cli", "serve", "--with-worker"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env=self.environment,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def victims(self) -> list[int]:
        """The processes below the supervisor: granian, its worker, our worker."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    below = [int(child) for child in task.read_text().split()]
                except OSError:
                    continue
                found += below
                todo += below
        return found


@pytest.fixture
def installation(tmp_path, database_url):
    one = Installation(tmp_path / "home", database_url)
    one.python("-m", "wellheard.config.cli", "migrate")
    one.code = one.python("-c", SETUP.replace("{cards}", str(MOST_CARDS)))
    one.links = one.python("-c", LINKS.replace("{cards}", str(MOST_CARDS))).split()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def database_url():
    """A database of its own: SQLite in the home folder, or a fresh one on the same server."""
    url = os.environ.get("WELLHEARD_DATABASE_URL", "")
    if not url:
        yield ""
        return
    import psycopg

    name = f"survival_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield re.sub(r"/[^/]*$", f"/{name}", url)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def walk(port: int, code: str, number: int) -> str:
    """One card from first page to confirmation; tried again where the server was shot."""
    page = f"/en/c/{code}/"
    steps = [
        {"rating": "1"},
        {"story": STORY.format(number=number)},
        {"reply": "email"},
        {"contact": f"p{number}@example.org", "name": ""},
        {},
    ]
    for fields in steps:
        page = insist(port, "POST", page, urlencode(fields))[1]
    body = insist(port, "GET", page, None)[2]
    return re.search(r"C-[0-9A-Z]+", body)[0]


def answer(port: int, token: str, number: int) -> None:
    """One survey, each answer pressed again until the server says that it is kept."""
    page = f"/en/s/{token}/"
    given = {"rating": number % 11, "clean": 1 + number % 4, "comment": f"Survey {number}"}
    for item, value in given.items():
        insist(port, "POST", f"{page}{item}/", urlencode({"answer": value}))
    insist(port, "POST", f"{page}check/", "")
    assert "They have arrived" in insist(port, "GET", f"{page}thanks/", None)[2]


def insist(port, method, path, body, patience=60):
    """Ask until there is an answer: a person presses the button again."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
            connection.request(method, path, body=body, headers=kind)
            answer = connection.getresponse()
            content = answer.read().decode()
            if answer.status < 500:
                assert answer.status in (200, 302, 303), (path, answer.status)
                there = urljoin(path, answer.headers.get("Location", ""))
                return answer.status, there, content
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.3)
    raise AssertionError(f"no answer within {patience} s")


def test_nothing_acknowledged_is_lost_and_nothing_is_sent_twice(installation):
    random_ = random.Random(9)
    confirmed: list[str] = []
    enough = threading.Event()

    def visitors() -> None:
        for number in range(MOST_CARDS):
            if enough.is_set():
                return
            answer(installation.port, installation.links[number], number)
            confirmed.append(walk(installation.port, installation.code, number))
            time.sleep(0.05)

    insist(installation.port, "GET", f"/en/c/{installation.code}/", None)
    thread = threading.Thread(target=visitors, daemon=True)
    thread.start()
    for _ in range(SHOTS):
        time.sleep(random_.uniform(0.2, 1.2))
        if victims := installation.victims():
            os.kill(random_.choice(victims), signal.SIGKILL)
    until = time.monotonic() + 120
    while len(confirmed) < FEWEST_CARDS and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.2)
    enough.set()
    thread.join(180)
    assert not thread.is_alive()
    assert len(confirmed) >= FEWEST_CARDS

    facts = settled(installation, len(confirmed))
    assert sorted(confirmed) == facts["references"]
    assert facts["cases"] == facts["references"], "each card has exactly one case"
    assert len(facts["told"]) == len(set(facts["told"]))
    letters = [path.name for path in installation.sent.glob("*.eml")]
    assert len(letters) == len(confirmed), "each person was told once"
    assert facts["broken"] == []
    sent = range(len(confirmed))
    given = [{"clean": 1 + n % 4, "rating": n % 11} for n in sent]
    assert facts["answers"] == sorted(json.dumps(each) for each in given), "each survey once"
    assert facts["words"] == sorted(f"Survey {n}" for n in sent)


def settled(installation, cards: int) -> dict:
    for _ in range(60):
        facts = json.loads(installation.python("-c", COUNT))
        letters = len(list(installation.sent.glob("*.eml")))
        if facts["waiting"] == 0 and len(facts["cases"]) == cards == letters:
            return facts
        time.sleep(1)
    return facts
