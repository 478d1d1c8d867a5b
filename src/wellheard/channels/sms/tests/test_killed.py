"""kill -9 at every place where it hurts, and two workers at once: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from wellheard.channels.sms.tests.gateway import Gateway

CHILD = Path(__file__).with_name("child.py")
PLACES = ["before", "weighing", "packed", "sent", "writing", "written"]
pytestmark = [pytest.mark.slow, pytest.mark.capability("P04")]


MESSAGES = 12


def run(home: Path, gateway: Gateway, *steps: str) -> None:
    """Do the steps in a process of its own on the database file in ``home``."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "WELLHEARD_DATABASE_URL"},
        "WELLHEARD_HOME": str(home),
        "WELLHEARD_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
        "PYTHONPATH": str(Path(__file__).resolve().parents[4]),
        "CHILD_GATEWAY": gateway.address,
    }
    subprocess.run([sys.executable, str(CHILD), *steps], env=environment, check=True, timeout=300)


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "wellheard.sqlite3")) as connection:
        return list(connection.execute(query))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with twelve patients and a message to each."""
    home = tmp_path_factory.mktemp("prepared")
    with Gateway().running() as unused:
        run(home, unused, f"prepare:{MESSAGES}")
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """A copy of that home, to kill workers in."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway().running() as running:
        yield running


def test_no_message_is_lost_or_doubled_wherever_the_worker_is_killed(
    home: Path, gateway: Gateway
) -> None:
    deaths = [f"die:{number}:{place}" for number, place in enumerate(PLACES, start=1)]
    # Right after, the leases of the dead still hold; later, everything that is open goes.
    run(home, gateway, *deaths, "send:1", "send:400", "send:800")
    assert Counter(text.fields["To"] for text in gateway.texts) == {
        f"+1312555{number:04d}": 1 for number in range(MESSAGES)
    }
    # Two of the places lie between the sending and its being written down: those were posted
    # twice, under the same key.
    assert gateway.posts == MESSAGES + 2
    accepted = rows(
        home,
        "SELECT message_id, count(*) FROM channels_messageattempt"
        " WHERE outcome = 'accepted' GROUP BY message_id ORDER BY message_id",
    )
    assert accepted == [(number, 1) for number in range(1, MESSAGES + 1)]


def test_gateway_without_keys_sees_at_most_one_double(home: Path) -> None:
    with Gateway(knows_keys=False).running() as plain:
        run(home, plain, "die:1:sent", "send:400", "send:800")
        doubled = Counter(text.fields["To"] for text in plain.texts)
    assert doubled["+13125550000"] == 2
    assert sum(doubled.values()) == MESSAGES + 1


def test_workers_at_once_send_each_message_once(home: Path, gateway: Gateway) -> None:
    run(home, gateway, "together:3:1")
    assert gateway.posts == MESSAGES
    assert len({text.fields["To"] for text in gateway.texts}) == MESSAGES
    outcomes = rows(home, "SELECT outcome, count(*) FROM channels_messageattempt GROUP BY outcome")
    assert outcomes == [("accepted", MESSAGES)]
