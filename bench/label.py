"""Comments per second and core of the comment engine, with load time and memory.

    python bench/label.py [FILE.csv] [--column text] [--rounds 5]

CPU time of this one process is counted, so that other work on the machine disturbs little. The first
round is cold: words not met before are looked up and remembered.
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

DEFAULT = Path(__file__).parents[1] / "data" / "comments" / "comments-train.csv"


def main() -> None:
    """Load, label, print."""
    options = _options()
    texts = _texts(options.file, options.column)
    began = time.perf_counter()
    from wellheard.measures.text.engine import load_engine

    engine = load_engine()
    gc.freeze()  # as the command does
    load_wall = time.perf_counter() - began
    rates = [_rate(engine.label, texts) for _ in range(options.rounds)]
    words = sum(len(text.split()) for text in texts) / len(texts)
    one = min(_one(engine.label_one, texts[0]) for _ in range(200))
    print(f"{engine.version}; {len(texts)} comments of {words:.1f} words on average")
    print(f"import and load   {load_wall:.2f} s (load average {os.getloadavg()[0]:.1f})")
    print(f"first round       {rates[0]:,.0f} comments/s per core")
    print(f"best of the rest  {max(rates[1:]):,.0f} comments/s per core")
    print(f"one comment       {one * 1e3:.2f} ms")
    print(f"largest memory    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--column", default="text")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def _texts(path: Path, column: str) -> list[str]:
    """Comments with their boilerplate left out, which would flatter the rate."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        texts = [row[column] for row in csv.DictReader(handle)]
    return [text for text in texts if text != "Did not answer"]


def _rate(label: Callable[[list[str]], object], texts: list[str]) -> float:
    began = time.process_time()
    label(texts)
    return len(texts) / (time.process_time() - began)


def _one(label_one: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    label_one(text)
    return time.process_time() - began


if __name__ == "__main__":
    main()
