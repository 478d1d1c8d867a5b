"""The demonstration hospital: one command from nothing to a page one can click through."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import click

from wellheard.config.commands.serve import watch
from wellheard.config.environment import home_folder


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Forget the loaded demonstration and load it again.")
@click.option("--load-only", is_flag=True, help="Load the data, start nothing.")
def demo(port: int, fresh: bool, load_only: bool) -> None:
    """Start the demonstration hospital and print its address. Ctrl-C ends it.

    The data lie under WELLHEARD_HOME/demonstration, apart from any data of yours.
    """
    _into_demonstration(port)
    if fresh:
        shutil.rmtree(home_folder(), ignore_errors=True)
    if not load_only:
        _port_must_be_free(port)
    if subprocess.call([sys.executable, "-m", "wellheard.config.demonstration.load"]) != 0:
        sys.exit(1)
    if load_only:
        return
    threading.Thread(target=_announce, args=(port,), daemon=True).start()
    watch(["--port", str(port), "--prepared"], lambda line: click.echo(line, err=True))


def _into_demonstration(port: int) -> None:
    home = home_folder()
    if home.name != "demonstration":
        os.environ["WELLHEARD_HOME"] = str(home / "demonstration")
    os.environ["WELLHEARD_MODE"] = "demonstration"
    os.environ["WELLHEARD_ADDRESS"] = f"http://127.0.0.1:{port}"
    # The demonstration never writes into a real database that the environment names.
    os.environ.pop("WELLHEARD_DATABASE_URL", None)
    Path(os.environ["WELLHEARD_HOME"]).mkdir(parents=True, exist_ok=True, mode=0o700)


def _port_must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"port {port} is in use; choose another with --port"
            ) from None


def _announce(port: int) -> None:
    """Say the address once the pages answer, not before."""
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):  # noqa: S310  (our own loopback address)
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    click.echo(f"\n  Wellheard is ready: {address}\n  Ctrl-C ends it.\n")
