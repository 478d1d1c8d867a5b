"""Keeping the web and the worker processes alive together, and ending them together.

Knows nothing of Django, so that the process that watches weighs little.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

GRACE_SECONDS = 10.0
LONGEST_PAUSE = 30.0
CALM_SECONDS = 10.0


@dataclass(slots=True)
class Child:
    """One process that should always run."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    start_after: float = 0.0
    started: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Starts its children, restarts one that dies, ends all on Ctrl-C or SIGTERM."""

    children: list[Child]
    say: Callable[[str], None]
    _stopping: bool = field(default=False)

    def run(self) -> int:
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        while not self._stopping:
            for child in self.children:
                self._keep(child)
            time.sleep(0.2)
        self._end_all()
        return 0

    def _keep(self, child: Child) -> None:
        if child.process is not None and child.process.poll() is None:
            return
        now = time.monotonic()
        if child.process is not None:
            self._ended(child, now)
        if child.process is None and now >= child.start_after:
            # Its own session: a Ctrl-C in the terminal reaches only the supervisor, which
            # then ends the children in order.
            # S603: our own console command
            child.process = subprocess.Popen(child.command, start_new_session=True)  # noqa: S603
            child.started = now

    def _ended(self, child: Child, now: float) -> None:
        assert child.process is not None
        # What a killed process left running (a server's own workers) still holds its port.
        _kill_group(child.process.pid)
        calm = now - child.started > CALM_SECONDS
        child.failures = 1 if calm else child.failures + 1
        pause = min(0.1 * 2**child.failures, LONGEST_PAUSE)
        self.say(f"{child.name} ended (code {child.process.returncode}); starting it again")
        child.process, child.start_after = None, now + pause

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _end_all(self) -> None:
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _kill_group(process.pid)
                process.wait()


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def console(*arguments: str) -> list[str]:
    """The command line that runs this console command again in a process of its own."""
    return [sys.executable, "-m", "wellheard.config.cli", *arguments]
