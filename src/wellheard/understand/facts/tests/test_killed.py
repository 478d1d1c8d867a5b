"""A writer is killed in the middle, again and again: the old file counts, or the new one does."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Tell = Callable[[str], Any]


@pytest.fixture
def tell(tmp_path: Path) -> Iterator[Tell]:
    """``tell("check")`` says a line to a process with a database of its own; its answer."""
    environment = os.environ | {"WELLHEARD_HOME": str(tmp_path), "WELLHEARD_MODE": "test"}
    environment |= {"DJANGO_SETTINGS_MODULE": "wellheard.config.settings"}
    environment.pop("WELLHEARD_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "wellheard.understand.facts.tests.writing"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout
    assert process.stdout.readline().strip() == "ready"

    def say(line: str) -> Any:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield say
    process.stdin.close()
    process.wait(20)


@pytest.mark.slow
@pytest.mark.capability("P04")
def test_writer_killed_anywhere_leaves_the_old_or_the_new(tell: Tell, tmp_path: Path) -> None:
    rng = random.Random(11)
    assert tell("check")["current"] == 10
    interrupted = turns = 0
    while turns < 9 or (interrupted < 2 and turns < 60):
        turns += 1
        if turns % 3 == 0:
            tell("change")
        drafts = _drafts(tmp_path)
        writer = tell("write")
        while not _drafts(tmp_path) - drafts:  # until it is at work
            time.sleep(0.001)
        if turns % 2:
            time.sleep(rng.uniform(0, 0.06))
        os.kill(writer, signal.SIGKILL)
        found = tell("check")
        assert found["counted"] == found["by_hand"]
        assert found["whole"]
        interrupted += bool(_drafts(tmp_path) - drafts)
    assert interrupted  # some were really killed while a file was half written


def _drafts(home: Path) -> set[Path]:
    return set(home.rglob("*.draft"))
