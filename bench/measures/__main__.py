"""Run the named benchmarks (default: all) and write their tables to RESULTS.md."""

from __future__ import annotations

import os
import platform
import sys
import time
from pathlib import Path

# One thread for linear algebra, so that figures mean one core unless a benchmark says otherwise.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from bench.measures import charts, coverage, drivers, national, verdicts  # after threads

ALL = {
    "national": national.report,
    "charts": charts.report,
    "drivers": drivers.report,
    "coverage": coverage.report,
    "verdicts": verdicts.report,
}
FOLDER = Path(__file__).parent / "results"


def main(names: list[str]) -> None:
    """Run, print and store each table; then join all stored ones."""
    FOLDER.mkdir(exist_ok=True)
    for name in names or list(ALL):
        started = time.strftime("%Y-%m-%d %H:%M")
        load = os.getloadavg()[0]
        text = ALL[name]()
        stamp = f"*{started}, {machine()}, load {load:.1f} before the run*"
        (FOLDER / f"{name}.md").write_text(f"## {name.capitalize()}\n\n{stamp}\n\n{text}\n")
        print(text, flush=True)
    parts = [path.read_text() for path in (FOLDER / f"{name}.md" for name in ALL) if path.exists()]
    head = "# What the statistics library costs, and how sure it is\n\n"
    (Path(__file__).parent / "RESULTS.md").write_text(head + "\n".join(parts))


def machine() -> str:
    """Name the processor and its cores."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


if __name__ == "__main__":
    main(sys.argv[1:])
