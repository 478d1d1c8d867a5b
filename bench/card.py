"""A comment card, fetched, filled in and sent, over real sockets on loopback.

    .venv/bin/python bench/card.py [--cards 300] [--database postgresql://...] [--json]

Measures at 1, 8 and 64 connections: processor milliseconds per card (web and, apart, worker, from
/proc), cards per second, median and 99th percentile of one request, memory of the whole stack
(proportional set size) idle and loaded, and bytes and requests of the first visit. A card is the
whole walk without scripts: nine requests, five pages and four submits (rating, story, no reply,
send). The client's own processor time is not counted but it shares the machine. The floor beside
it: a WSGI application on the same server that answers with a page of the same size.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import platform
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode, urljoin

CONNECTIONS = (1, 8, 64)
TICKS = os.sysconf("SC_CLK_TCK")
STORY = "The nurses were kind. The wait was long and nobody told us why."
HEADERS = {"Host": "127.0.0.1", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}


@dataclass(frozen=True)
class Figures:
    connections: int
    cards: int
    web_cpu_ms_per_card: float
    worker_cpu_ms_per_card: float
    cards_per_second: float
    p50_ms: float
    p99_ms: float
    failures: int
    memory_mb: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += children(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    total = 0
    for each in children(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(*pids: int) -> float:
    """Proportional set size: shared pages are counted once over all processes."""
    total = 0
    for pid in pids:
        for each in children(pid):
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1])
    return total / 1024


@contextmanager
def running(*arguments: str, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "-m", "wellheard.config.cli", *arguments],
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(15)


def console(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


MAKE_A_PLACE = """
import django; django.setup()
from django.utils import timezone
from wellheard.base.audit.actor import Actor
from wellheard.people.places.actions import add_place, add_site, first_organisation
from wellheard.people.access.models import Membership
from wellheard.people.staff.models import User
at = timezone.now()
home = first_organisation(at=at)
by = Actor.system(home.pk, "bench")
user = User.objects.create(email="bench@example.org", name="Bench", organisation=home)
Membership.objects.create(organisation=home, user=user, role="grievance_officer")
print(add_place(add_site(home, name="S", by=by, at=at), name="Ward", kind="ward", by=by, at=at).code)
"""


class Walker(threading.Thread):
    """One visitor after another on one connection."""

    def __init__(self, port: int, code: str, cards: int) -> None:
        super().__init__(daemon=True)
        self._port, self._code, self._cards = port, code, cards
        self.times: list[float] = []
        self.failures = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        for _ in range(self._cards):
            try:
                self._walk(connection)
            except (OSError, http.client.HTTPException, AssertionError):
                self.failures += 1
                connection.close()
        connection.close()

    def _walk(self, connection: http.client.HTTPConnection) -> None:
        start = f"/en/c/{self._code}/"
        self._get(connection, start)
        story = self._post(connection, start, rating="4")
        self._get(connection, story)
        reply = self._post(connection, story, story=STORY)
        self._get(connection, reply)
        check = self._post(connection, reply, reply="no")
        self._get(connection, check)
        thanks = self._post(connection, check)
        body = self._get(connection, thanks)
        assert b"reference" in body

    def _get(self, connection: http.client.HTTPConnection, path: str) -> bytes:
        status, _, body = self._ask(connection, "GET", path, None)
        assert status == 200, (path, status)
        return body

    def _post(self, connection: http.client.HTTPConnection, path: str, **fields: str) -> str:
        status, location, _ = self._ask(connection, "POST", path, urlencode(fields))
        assert status in (302, 303), (path, status)
        return urljoin(path, location)

    def _ask(self, connection, method, path, body):
        headers = dict(HEADERS)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        self.times.append(time.perf_counter() - began)
        return answer.status, answer.headers.get("Location", ""), content


def measure(port: int, code: str, web: int, worker: int, connections: int, cards: int) -> Figures:
    walkers = [Walker(port, code, max(1, cards // connections)) for _ in range(connections)]
    web_before, worker_before, began = cpu_seconds(web), cpu_seconds(worker), time.perf_counter()
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join()
    took = time.perf_counter() - began
    web_after = cpu_seconds(web)
    done = sum(walker._cards for walker in walkers)
    memory = memory_mb(web, worker)
    wait_until_calm(worker)
    times = sorted(t for walker in walkers for t in walker.times)
    return Figures(
        connections,
        done,
        round((web_after - web_before) / done * 1000, 2),
        round((cpu_seconds(worker) - worker_before) / done * 1000, 2),
        round(done / took, 1),
        round(statistics.median(times) * 1000, 1),
        round(times[int(len(times) * 0.99)] * 1000, 1),
        sum(walker.failures for walker in walkers),
        round(memory, 1),
    )


def wait_until_calm(worker: int) -> None:
    """Until the worker has nothing left to do."""
    quiet, last = 0, cpu_seconds(worker)
    while quiet < 3:
        time.sleep(1)
        now = cpu_seconds(worker)
        quiet = quiet + 1 if now - last < 0.05 else 0
        last = now


def first_visit(port: int, code: str) -> dict[str, int]:
    """What a new visitor loads: the page and what it names, as sent over the wire."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = HEADERS | {"Accept-Encoding": "gzip, br"}

    def load(path: str) -> tuple[int, bytes]:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        head = sum(len(k) + len(v) + 4 for k, v in answer.getheaders())
        plain = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
        return head + len(body), plain

    size, page = load(f"/en/c/{code}/")
    linked = re.findall(rb'(?:href|src)="(/static/[^"]+)"', page)
    sizes = [size] + [load(path.decode())[0] for path in dict.fromkeys(linked)]
    return {"requests": len(sizes), "bytes": sum(sizes)}


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=320)
    parser.add_argument("--database", default="")
    parser.add_argument("--threads", default="4")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {
            "WELLHEARD_HOME": home,
            "WELLHEARD_MODE": "production",
            "WELLHEARD_LOG_LEVEL": "ERROR",
            "WELLHEARD_DATABASE_URL": options.database,
            "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
        }
        console("-m", "wellheard.config.cli", "migrate", environment=environment)
        code = console("-c", MAKE_A_PLACE, environment=environment)
        port = free_port()
        serve = ("serve", "--port", str(port), "--threads", options.threads)
        with (
            running(*serve, environment=environment) as web,
            running("worker", "--nice", "5", environment=environment) as worker,
        ):
            wait_for(port)
            wait_until_calm(worker.pid)
            first_visit(port, code)
            idle = memory_mb(web.pid, worker.pid)
            visit = first_visit(port, code)
            measure(port, code, web.pid, worker.pid, 2, 40)  # warm
            rows = [measure(port, code, web.pid, worker.pid, n, options.cards) for n in CONNECTIONS]
    report(options, idle, visit, rows)


def report(options, idle: float, visit: dict[str, int], rows: list[Figures]) -> None:
    load = os.getloadavg()[0]
    facts = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "database": "postgresql" if options.database else "sqlite",
        "load_before": round(load, 2),
        "idle_memory_mb": round(idle, 1),
        "first_visit": visit,
        "rows": [asdict(row) for row in rows],
    }
    if options.json:
        print(json.dumps(facts))
        return
    print(f"{facts['machine']}; {facts['database']}; load {facts['load_before']}")
    print(f"idle stack {facts['idle_memory_mb']} MB; first visit {visit}")
    for row in rows:
        print(row)


if __name__ == "__main__":
    main()
