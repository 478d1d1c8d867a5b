"""kill -9 at every place where it hurts, and two workers at once: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from wellheard.channels.sms.tests.gateway import Gateway

CHILD = Path(__file__).with_name("child.py")
PLACES = ["before", "weighing", "packed", "sent", "writing", "written"]
pytestmark = [pytest.mark.slow, pytest.mark.capability("P04")]


MESSAGES = 12


@dataclass(frozen=True)
class Home:
    """A home folder with its database: a file in it or, when the tests run on PostgreSQL, a
    database of its own there."""

    folder: Path
    database_url: str

    def run(self, gateway: Gateway, *steps: str) -> None:
        """Do the steps in a process of its own."""
        environment = os.environ | {
            "WELLHEARD_HOME": str(self.folder),
            "WELLHEARD_DATABASE_URL": self.database_url,
            "WELLHEARD_MODE": "test",
            "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
            "PYTHONPATH": str(Path(__file__).resolve().parents[4]),
            "CHILD_GATEWAY": gateway.address,
        }
        command = [sys.executable, str(CHILD), *steps]
        subprocess.run(command, env=environment, check=True, timeout=300)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection: Any = (
            psycopg.connect(self.database_url)
            if self.database_url
            else sqlite3.connect(self.folder / "wellheard.sqlite3")
        )
        with closing(connection):
            return list(connection.execute(query).fetchall())


@contextmanager
def new_database(template: str = "template1") -> Iterator[str]:
    """The address of a database that is there for a while; "" when the tests run on SQLite."""
    server = os.environ.get("WELLHEARD_DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"killed_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            SQL("CREATE DATABASE {} TEMPLATE {}").format(
                Identifier(name), Identifier(template.rpartition("/")[2] or "template1")
            )
        )
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with twelve patients and a message to each."""
    with new_database() as database_url, Gateway().running() as unused:
        made = Home(tmp_path_factory.mktemp("prepared"), database_url)
        made.run(unused, f"prepare:{MESSAGES}")
        yield made


@pytest.fixture
def home(prepared: Home, tmp_path: Path) -> Iterator[Home]:
    """A copy of that home, to kill workers in."""
    with new_database(prepared.database_url) as database_url:
        yield Home(Path(shutil.copytree(prepared.folder, tmp_path / "home")), database_url)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway().running() as running:
        yield running


def test_no_message_is_lost_or_doubled_wherever_the_worker_is_killed(
    home: Home, gateway: Gateway
) -> None:
    deaths = [f"die:{number}:{place}" for number, place in enumerate(PLACES, start=1)]
    # Right after, the leases of the dead still hold; later, everything that is open goes.
    home.run(gateway, *deaths, "send:1", "send:400", "send:800")
    assert Counter(text.fields["To"] for text in gateway.texts) == {
        f"+1312555{number:04d}": 1 for number in range(MESSAGES)
    }
    # Two of the places lie between the sending and its being written down: those were posted
    # twice, under the same key.
    assert gateway.posts == MESSAGES + 2
    accepted = home.rows(
        "SELECT message_id, count(*) FROM channels_messageattempt"
        " WHERE outcome = 'accepted' GROUP BY message_id ORDER BY message_id",
    )
    assert accepted == [(number, 1) for number in range(1, MESSAGES + 1)]


def test_gateway_without_keys_sees_at_most_one_double(home: Home) -> None:
    with Gateway(knows_keys=False).running() as plain:
        home.run(plain, "die:1:sent", "send:400", "send:800")
        doubled = Counter(text.fields["To"] for text in plain.texts)
    assert doubled["+13125550000"] == 2
    assert sum(doubled.values()) == MESSAGES + 1


def test_workers_at_once_send_each_message_once(home: Home, gateway: Gateway) -> None:
    home.run(gateway, "together:3:1")
    assert gateway.posts == MESSAGES
    assert len({text.fields["To"] for text in gateway.texts}) == MESSAGES
    outcomes = home.rows("SELECT outcome, count(*) FROM channels_messageattempt GROUP BY outcome")
    assert outcomes == [("accepted", MESSAGES)]
