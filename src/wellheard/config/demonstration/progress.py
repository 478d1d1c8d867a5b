"""Saying how far the loading has come, in a terminal and in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TypeVar

import click

Thing = TypeVar("Thing")
_WIDTH = 44


@contextmanager
def stage(name: str) -> Iterator[None]:
    """One stage without a known length: its name, then how long it took."""
    began, worked = time.monotonic(), time.process_time()
    click.echo(f"  {name:<{_WIDTH}}", nl=False, err=True)
    yield
    took, busy = time.monotonic() - began, time.process_time() - worked
    click.echo(f" {took:5.1f} s ({busy:.1f} s of processor)", err=True)


def counted(name: str, things: Iterable[Thing], work: Callable[[Thing], None]) -> None:
    """``work`` on each thing with a bar (one line at the end where there is no terminal)."""
    everything = list(things) if not isinstance(things, Sized) else things
    if not sys.stderr.isatty():
        with stage(name):
            for thing in everything:
                work(thing)
        return
    with click.progressbar(
        everything, label=f"  {name:<{_WIDTH}}", file=sys.stderr, width=24, show_eta=False
    ) as bar:
        for thing in bar:
            work(thing)
