"""Serving pages, and the work behind them."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from wellheard.config.commands.bootstrap import ready
from wellheard.config.supervisor import Child, Supervisor, console


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Per process."
)
@click.option("--with-worker", is_flag=True, help="Run one worker beside the pages.")
@click.option("--prepared", is_flag=True, hidden=True)
def serve(
    host: str, port: int, processes: int, threads: int, with_worker: bool, prepared: bool
) -> None:
    """Serve the pages until Ctrl-C. Without --with-worker, run `wellheard worker` elsewhere."""
    if with_worker:
        again = ["--host", host, "--port", str(port)]
        again += ["--processes", str(processes), "--threads", str(threads)]
        watch(again, lambda line: click.echo(line, err=True))
        return
    # In a process of its own: granian's main process then never loads Django (some 60 MB).
    if not prepared:
        subprocess.run([sys.executable, "-m", "wellheard.config.prepare"], check=True)
    _granian(host, port, processes, threads)


@click.command()
@click.option(
    "--nice",
    default=0,
    show_default=True,
    type=click.IntRange(0, 19),
    help="How far it steps back for the pages on the same machine.",
)
def worker(nice: int) -> None:
    """Deliver events, send messages, watch deadlines, until Ctrl-C. Several may run at once."""
    os.nice(nice)
    ready()
    from wellheard.base.jobs.worker import Worker

    one = Worker()
    one.stop_on_signals()
    one.run()


def watch(serve_arguments: list[str], say: object) -> None:
    """Run web and worker as children of this light process, until it is told to stop."""
    children = [
        Child("web", console("serve", *serve_arguments)),
        # On one machine people who wait for a page go first. Not further: in a burst that lasts,
        # what cannot wait must still be noticed.
        Child("worker", console("worker", "--nice", "5")),
    ]
    sys.exit(Supervisor(children, say).run())  # type: ignore[arg-type]  # click's echo has more parameters


def _granian(host: str, port: int, processes: int, threads: int) -> None:
    # Granian starts its worker processes with "spawn": they must not see this module's argv.
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "wellheard.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backlog=1024,
        log_enabled=False,
        respawn_failed_workers=True,
    ).serve()
