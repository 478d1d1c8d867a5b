"""A Spark of its own on the loopback: a master, workers, and a session on them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

_LONGEST = 180


@contextmanager
def standalone(folder: Path, *, workers: int) -> Iterator[Any]:
    """A session on a standalone cluster that is gone afterwards. Needs Java 17 and pyspark."""
    import pyspark
    from pyspark.sql import SparkSession

    home = Path(pyspark.__file__).parent
    port = _free_port()
    master = f"spark://127.0.0.1:{port}"
    with ExitStack() as stack:
        names = ["deploy.master.Master --host 127.0.0.1 --webui-port 0 --port " + str(port)]
        names += [
            f"deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 1 --memory 512m "
            f"--work-dir {folder} {master}"
        ] * workers
        for name in names:
            stack.enter_context(_running(home, name.split(), folder))
            _await(port)
        session = (
            SparkSession.builder.master(master)
            .appName("facts")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.memory", "512m")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.ansi.enabled", "true")
            .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .config("spark.scheduler.maxRegisteredResourcesWaitingTime", f"{_LONGEST}s")
            .config("spark.cores.max", str(workers))
            .getOrCreate()
        )
        stack.callback(session.stop)
        yield session


@contextmanager
def _running(home: Path, arguments: list[str], folder: Path) -> Iterator[None]:
    environment = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
        "SPARK_LOG_DIR": str(folder), "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.{arguments[0]}"]
    with (folder / "spark.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, *arguments[1:]], env=environment, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    deadline = time.monotonic() + _LONGEST
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
