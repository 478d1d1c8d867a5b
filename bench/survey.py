"""What a survey of ten questions costs: ``python bench/survey.py``.

Two ways through: one question a page (what patients meet; 24 requests) and all questions on one
page (which also works without internet; 3 requests, the way LimeSurvey was measured). The serving
process is one of its own; the load comes from this process. Processor time is that of the serving
processes, from /proc, for each response that lies in the database at the end. The worker that
counts the answers afterwards is measured apart. ``--curve`` fills the tables first, step by step.
``--kills 8`` measures nothing but loss: web and job worker run under their watcher, every process
below it is ended with kill -9 again and again while people answer (their browsers send a request
again that got no answer, as people do), and each response that somebody was thanked for must lie
there once, with its ten answers counted once.
SQLite in a folder that is thrown away, or the empty database of WELLHEARD_DATABASE_URL.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urljoin

TICK = os.sysconf("SC_CLK_TCK")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SETUP = """
import django; django.setup()
from django.utils import timezone
from wellheard.base.audit.actor import Actor
from wellheard.listen.surveys.models import InstrumentDecision, InstrumentProposal
from wellheard.people.places.actions import add_place, add_site, first_organisation
from wellheard.people.staff.models import User
at = timezone.now()
home = first_organisation(at=at)
by = Actor.system(home.pk, "bench")
site = add_site(organisation=home, name="Main", zone="UTC", by=by, at=at)
add_place(site=site, name="Ward", kind="ward", by=by, at=at)
user = User.objects.create(email="b@example.org", name="B", organisation=home)
scale = [{"value": n, "words": {"en": w}} for n, w in
         enumerate(["Never", "Sometimes", "Usually", "Always"], 1)]
definition = {
    "code": "ten", "version": 1, "effective_from": "2026-01-01", "source": "bench", "change": "",
    "family": "house", "owner": "Bench", "review_on": "2027-01-01",
    "title": {"en": "Ten questions"}, "intro": {"en": "Ten short questions."},
    "scales": {"often": scale},
    "items": [{"code": f"q{n}", "kind": "scale", "scale": "often", "direction": "high",
               "text": {"en": f"How often were you treated with respect, number {n}?"},
               "top_box": [4]} for n in range(1, 11)],
}
proposal = InstrumentProposal.objects.create(organisation=home, code="ten", version=1,
    definition=definition, reason="bench", proposed_by=user, proposed_at=at)
InstrumentDecision.objects.create(organisation=home, proposal=proposal, approved=True,
    decided_by=user, decided_at=at)
"""
LINKS = """
import sys, django; django.setup()
from django.utils import timezone
from wellheard.base.audit.actor import Actor
from wellheard.listen.invitations.actions import invite
from wellheard.people.places.models import Place
place = Place.objects.get()
by, at = Actor.system(place.organisation_id, "bench"), timezone.now()
for _ in range(int(sys.argv[1])):
    print(invite(place=place, instrument_code="ten", by=by, at=at).token)
"""
FILL = """
import sys, django; django.setup()
from django.utils import timezone
from django.db import transaction
from wellheard.base.tables.bulk import insert_rows
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.people.places.models import Place
place, at = Place.objects.get(), timezone.now()
start, end = int(sys.argv[1]), int(sys.argv[2])
answers = {f"q{n}": 4 for n in range(1, 11)}
for first in range(start, end, 20_000):
    many = range(first, min(first + 20_000, end))
    transaction.set_autocommit(False); ids = insert_rows(Response, [dict(organisation_id=place.organisation_id, site_id=place.site_id,
        place_id=place.pk, instrument="ten", version=1, received_at=at, recorded_at=at, mode="web",
        language="en", answers=answers, submission_key=f"bench-{n}") for n in many])
    insert_rows(Invitation, [dict(organisation_id=place.organisation_id, place_id=place.pk,
        instrument="ten", version=1, language="en", key=f"bench-{n}", made_at=at, expires_at=at,
        finished_at=at, response_id=pk) for n, pk in zip(many, ids)]); transaction.commit()
"""
COUNT = """
import django; django.setup()
from wellheard.listen.responses.models import Response
found = Response.objects.exclude(submission_key__startswith="bench-")
print(sum(len(each.answers) == 10 for each in found.iterator()))
"""
DRAIN = """
import os, django; django.setup()
from django.utils import timezone
from wellheard.base.events.delivery import deliver
from wellheard.base.events.models import Event
before, count = os.times(), 0
for pk in Event.objects.filter(settled_at=None, name="listen.response_received").values_list("pk", flat=True):
    deliver(pk, now=timezone.now()); count += 1
after = os.times()
print(1000 * (after.user + after.system - before.user - before.system) / max(count, 1))
"""


KEPT = """
import json, sys, django; django.setup()
from collections import Counter
from django.db.models import Count
from wellheard.base.audit.queries import verify_all
from wellheard.base.events.models import Event
from wellheard.base.vault.sealing import digest, unsign
from django.utils import timezone
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.understand.facts.models import Fact
thanked = {digest(unsign(token, "survey", now=timezone.now()), "survey") for token in json.load(sys.stdin)}
sent = dict(Invitation.objects.exclude(response=None).values_list("key", "response_id"))
whole = {r.pk for r in Response.objects.all() if len(r.answers) == 10 and r.complete}
facts = Counter(dict(Fact.objects.values_list("response_id").annotate(n=Count("pk")).order_by()))
print(json.dumps({
    "thanked": len(thanked), "lost": sum(sent.get(key) not in whole for key in thanked),
    "stored": Response.objects.count(), "twice": Response.objects.count() - len(set(sent.values())),
    "not_counted_once": sum(facts[pk] != 10 for pk in whole),
    "waiting": Event.objects.filter(settled_at=None).count(),
    "trail_broken": sum(bool(each.broken) for each in verify_all()),
}))
"""


class House:
    """One installation in a folder of its own, with its web process (and its job worker)."""

    def __init__(self, home: Path, threads: int, processes: int, *, worker: bool = False) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environment = {
            **os.environ,
            "WELLHEARD_HOME": str(home),
            "WELLHEARD_MODE": "production",
            "WELLHEARD_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
        }
        self.python("-m", "wellheard.config.cli", "migrate")
        self.python("-c", SETUP)
        console = [sys.executable, "-m", "wellheard.config.cli", "serve"]
        sizes = ["--threads", str(threads), "--processes", str(processes)]
        sizes += ["--with-worker"] if worker else []
        quiet = {"stderr": subprocess.DEVNULL} if worker else {}
        self.process = subprocess.Popen(
            [*console, "--port", str(self.port), *sizes], env=self.environment, **quiet
        )
        self.await_door()

    def await_door(self) -> None:
        """Until somebody takes connections (a minute at most)."""
        for _ in range(300):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    break
            except OSError:
                time.sleep(0.2)

    def kill_all(self) -> int:
        """End every process below the watcher with kill -9; how many."""
        pids = _below(self.process.pid)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return len(pids)

    def python(self, *arguments: str, told: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            input=told,
        )
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        return done.stdout.strip()

    def links(self, count: int) -> list[str]:
        return self.python("-c", LINKS, str(count)).split()

    def cpu(self) -> float:
        """Seconds of processor time of the serving processes so far."""
        return sum(_cpu(pid) for pid in [self.process.pid, *_below(self.process.pid)])

    def memory(self) -> float:
        """Resident megabytes of the serving processes."""
        pids = [self.process.pid, *_below(self.process.pid)]
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _cpu(pid: int) -> float:
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / TICK


def _below(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *_below(int(child))]
    return found


class Browser:
    """One kept connection, as a browser holds it."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        body = None if fields is None else urlencode(fields)
        kind = {"Accept-Encoding": "gzip", **(FORM if body is not None else {})}
        self.line.request("GET" if body is None else "POST", path, body=body, headers=kind)
        answer = self.line.getresponse()
        content = answer.read()
        if answer.status not in (200, 302):
            raise SystemExit(f"{answer.status} at {path}")
        return answer.status, urljoin(path, answer.headers.get("Location", "")), content


class Stubborn(Browser):
    """A browser whose person sends a request again until it is answered."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.port, self.again = port, 0

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        deadline = time.monotonic() + 120
        while True:
            try:
                return super().ask(path, fields)
            except (OSError, http.client.HTTPException, SystemExit):
                if time.monotonic() > deadline:
                    raise
                self.again += 1
                self.line.close()
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                time.sleep(0.1)


def one_by_one(browser: Browser, token: str) -> None:
    """First page to thanks, one question a page."""
    at = f"/en/s/{token}/"
    browser.ask(at)
    page = f"{at}q1/"
    while not page.endswith("/check/"):
        browser.ask(page)
        page = browser.ask(page, {"answer": "4"})[1]
    browser.ask(page)
    browser.ask(browser.ask(page, {})[1])


def all_at_once(browser: Browser, token: str) -> None:
    """The page with all questions, one sending, thanks."""
    page = f"/en/s/{token}/all-questions/"
    browser.ask(page)
    fields = {f"q{n}-answer": "4" for n in range(1, 11)}
    browser.ask(browser.ask(page, fields)[1])


def until_thanked(browser: Browser, token: str) -> bool:
    """All on one page, sent; whether the thanks were shown."""
    page = f"/en/s/{token}/all-questions/"
    browser.ask(page)
    browser.ask(page, {f"q{n}-answer": "4" for n in range(1, 11)})
    # Without an answer that was sent, the page of thanks leads back to the questions (302).
    return browser.ask(f"/en/s/{token}/thanks/")[0] == 200


WAYS = {"one question a page": one_by_one, "all on one page": all_at_once}


def run(house: House, way: str, count: int, clients: int) -> dict[str, float]:
    """That many responses by that many people at once."""
    tokens, seconds, lock = house.links(count), [], threading.Lock()
    WAYS[way](Browser(house.port), tokens.pop())

    def person() -> None:
        browser = Browser(house.port)
        while True:
            with lock:
                if not tokens:
                    return
                token = tokens.pop()
            began = time.perf_counter()
            WAYS[way](browser, token)
            seconds.append(time.perf_counter() - began)

    people = [threading.Thread(target=person) for _ in range(clients)]
    cpu, wall = house.cpu(), time.perf_counter()
    for each in people:
        each.start()
    for each in people:
        each.join()
    cpu, wall = house.cpu() - cpu, time.perf_counter() - wall
    cuts = statistics.quantiles(seconds, n=100)
    return {
        "cpu_ms": 1000 * cpu / len(seconds),
        "rate": len(seconds) / wall,
        "p50_ms": 1000 * cuts[49],
        "p99_ms": 1000 * cuts[98],
    }


def under_kills(house: House, count: int, clients: int, kills: int) -> dict[str, int]:
    """People answer while every process is killed again and again; what is left at the end."""
    tokens, thanked, lock = house.links(count), [], threading.Lock()
    over, ended = threading.Event(), []

    def person() -> None:
        browser = Stubborn(house.port)
        while not over.is_set():
            with lock:
                if not tokens:
                    break
                token = tokens.pop()
            if until_thanked(browser, token):
                thanked.append(token)
        again.append(browser.again)

    def killer() -> None:
        chance = random.Random(9)
        for _ in range(kills):
            house.await_door()
            time.sleep(chance.uniform(0.5, 4))
            ended.append(house.kill_all())
        over.set()

    again: list[int] = []
    work: list[Callable[[], None]] = [killer, *[person] * clients]
    threads = [threading.Thread(target=each) for each in work]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    house.await_door()
    for _ in range(60):
        found: dict[str, int] = json.loads(house.python("-c", KEPT, told=json.dumps(thanked)))
        if not found["waiting"]:
            break
        time.sleep(2)
    return {"kills": len(ended), "processes_killed": sum(ended), "sent_again": sum(again), **found}


def first_visit(house: House) -> tuple[int, int]:
    """(requests, bytes on the wire) of the first page with everything that it loads."""
    browser, page = Browser(house.port), f"/en/s/{house.links(1)[0]}/"
    html = browser.ask(page)[2]
    loads = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', html))
    return 1 + len(loads), len(html) + sum(len(browser.ask(p.decode())[2]) for p in loads)


@contextmanager
def house_of(options: argparse.Namespace) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="wellheard-survey-") as folder:
        worker = bool(options.kills)
        house = House(Path(folder), options.threads, options.processes, worker=worker)
        try:
            yield house
        finally:
            house.process.terminate()
            house.process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=200)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--curve", type=int, nargs="*", default=[])
    parser.add_argument("--kills", type=int, default=0)
    options = parser.parse_args()
    with house_of(options) as house:
        if options.kills:
            print(json.dumps(under_kills(house, options.responses, options.clients, options.kills)))
            return
        wanted = 0
        print(json.dumps({"load": os.getloadavg()[0], "first visit": first_visit(house)}))
        for stored, filled in zip(options.curve or [0], [0, *options.curve], strict=False):
            if stored:
                house.python("-c", FILL, str(filled), str(stored))
            for way in WAYS:
                found = run(house, way, options.responses, options.clients)
                wanted += options.responses
                figures = {name: round(value, 1) for name, value in found.items()}
                print(json.dumps({"stored": stored, "way": way, **figures}), flush=True)
        lost = wanted - int(house.python("-c", COUNT))
        counting = float(house.python("-c", DRAIN))
        print(json.dumps({"lost": lost, "worker_cpu_ms": round(counting, 1)}))
        print(json.dumps({"resident_mb": round(house.memory()), "load": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
