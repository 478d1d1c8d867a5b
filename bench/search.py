"""Finding comments among many: words, filters, a page, "more like this"; SQLite's FTS5 beside it.

    WELLHEARD_MODE=test WELLHEARD_HOME=/tmp/somewhere-empty python bench/search.py [--comments 100000]

Comments are drawn from the words of the shared training comments, with their own frequencies, so
that frequent and rare words are as frequent as people make them. Each question is asked 20 times
through the same queries as the page; processor and wall milliseconds, median and 95th percentile.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

COMMENTS = Path(__file__).parents[1] / "data" / "comments" / "comments-train.csv"
START = datetime(2026, 11, 1, tzinfo=UTC)
THEMES = ("staff_manner", "timeliness", "call_bell", "food_drink", "cleanliness")


def main() -> None:
    """Fill a database of its own, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
    django.setup()
    from wellheard.base.tables.making import make_database

    make_database()
    person = fill(options.comments)
    print(f"{options.comments} comments; load average {os.getloadavg()[0]:.1f}")
    print(f"{'question':44} {'found':>7} {'cpu p50':>8} {'cpu p95':>8} {'wall p95':>9}")
    for name, ask in questions(person):
        found, cpu, wall = timed(ask, options.rounds)
        print(f"{name:44} {found:7} {median(cpu):8.1f} {p95(cpu):8.1f} {p95(wall):9.1f}")
    for name, ask in peer():
        found, cpu, wall = timed(ask, options.rounds)
        print(f"{name:44} {found:7} {median(cpu):8.1f} {p95(cpu):8.1f} {p95(wall):9.1f}")


def fill(count: int) -> Any:
    """An organisation with two places and that many comments, read and indexed; its specialist."""
    from wellheard.base.audit.actor import Actor
    from wellheard.listen.intake.models import Comment
    from wellheard.people.access.models import Membership
    from wellheard.people.access.person import person_of
    from wellheard.people.places.actions import add_organisation, add_place, add_site
    from wellheard.people.staff.models import User
    from wellheard.understand.search.actions import index_comments
    from wellheard.understand.themes.models import CommentReading, ThemeLabel

    home = add_organisation(
        name="Bench", slug="bench", country="US", jurisdiction="us-hospital", zone="UTC",
        languages=["en"], at=START,
    )  # fmt: skip
    by = Actor.system(home.pk, "bench")
    site = add_site(home, name="S", by=by, at=START)
    places = [add_place(site, name=f"W{n}", kind="ward", by=by, at=START) for n in range(2)]
    user = User.objects.create(email="b@example.org", name="B", organisation=home)
    Membership.objects.create(organisation=home, user=user, role="px_specialist")
    texts = drawn(count)
    began = time.process_time()
    for first in range(0, count, 5000):
        rows = Comment.objects.bulk_create(
            Comment(
                organisation=home, site=site, place=places[n % 2], source="card",
                reference=f"B{n}", received_at=START - timedelta(minutes=n), recorded_at=START,
                triage_due_at=START, language="en", text=text,
            )
            for n, text in enumerate(texts[first : first + 5000], first)
        )  # fmt: skip
        CommentReading.objects.bulk_create(
            CommentReading(
                organisation=home, comment=row, engine="bench", language="en", sentiment=n % 5 + 1,
                is_praise=n % 5 < 2, masked_text=row.text, read_at=START,
            )
            for n, row in enumerate(rows)
        )  # fmt: skip
        ThemeLabel.objects.bulk_create(
            ThemeLabel(
                organisation=home, comment=row, theme=THEMES[n % 5], source="machine",
                confidence=0.9,
            )
            for n, row in enumerate(rows)
        )  # fmt: skip
        kept = time.process_time()
        index_comments([row.pk for row in rows])
        indexing.append(time.process_time() - kept)
    print(f"index: {1e6 * sum(indexing) / count:.0f} us of processor a comment")
    print(f"all:   {1e6 * (time.process_time() - began) / count:.0f} us of processor a comment")
    return person_of(user, now=START)


indexing: list[float] = []


def drawn(count: int) -> list[str]:
    """Comments of real lengths from real words at their own frequencies."""
    chance = random.Random(7)
    with COMMENTS.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    words = Counter(word for text in texts for word in text.split())
    pool, weights = list(words), list(words.values())
    # Rare words: half of the vocabulary of 100 000 real comments was never seen in the sample.
    pool += [f"{word}{number}" for number, word in enumerate(pool)]
    weights += [1] * (len(pool) - len(weights))
    lengths = [len(text.split()) for text in texts]
    heap = list(accumulate(weights))
    return [
        " ".join(chance.choices(pool, cum_weights=heap, k=chance.choice(lengths)))
        for _ in range(count)
    ]


def questions(person: Any) -> list[tuple[str, Callable[[], int]]]:
    """What people ask, through the queries of the page: all ids, then one page of comments."""
    from wellheard.listen.intake.models import Comment
    from wellheard.understand.search.finding import Find
    from wellheard.understand.search.queries import alike, comments_found, sought_of
    from wellheard.understand.themes.queries import told

    def page(typed: str, **wanted: Any) -> Callable[[], int]:
        def ask() -> int:
            found = comments_found(Find(**wanted), sought_of(typed), person)
            ids = list(found.values_list("pk", flat=True))
            told(Comment.objects.filter(pk__in=ids[:20]), person)
            return len(ids)

        return ask

    newest = Comment.objects.order_by("-received_at").first()
    since = (START - timedelta(days=30)).date()
    return [
        ("one rare word", page("physiotherapist")),
        ("one frequent word", page("staff")),
        ("two words", page("nurse kind")),
        ("a phrase", page('"very kind"')),
        ("a word, without another", page("food -cold")),
        ("a theme, no words", page("", theme="call_bell", mood="trouble")),
        ("a word, a theme and thirty days", page("wait", theme="timeliness", since=since)),
        ("more like this", lambda: len(alike(newest, person)) if newest else 0),
    ]


def peer() -> list[tuple[str, Callable[[], int]]]:
    """SQLite's own full-text index on the same texts, counting only, without page or permission."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return []
    cursor = connection.cursor()
    cursor.execute("CREATE VIRTUAL TABLE temp.peer USING fts5(plain, content='', prefix='2 3')")
    began = time.process_time()
    cursor.execute(
        "INSERT INTO temp.peer(rowid, plain) SELECT comment_id, plain FROM understand_searchtext"
    )
    print(f"FTS5 index: {time.process_time() - began:.1f} s of processor")

    def ask(match: str) -> Callable[[], int]:
        def run() -> int:
            cursor.execute("SELECT rowid FROM temp.peer WHERE peer MATCH %s", [match])
            return len(cursor.fetchall())

        return run

    return [
        ("FTS5: one rare word", ask("physiotherapist*")),
        ("FTS5: one frequent word", ask("staff*")),
        ("FTS5: two words", ask("nurse* kind*")),
    ]


def timed(ask: Callable[[], int], rounds: int) -> tuple[int, list[float], list[float]]:
    """What was found, and milliseconds of processor and wall of each round."""
    cpu, wall, found = [], [], 0
    for _ in range(rounds):
        worked, began = time.process_time(), time.perf_counter()
        found = ask()
        cpu.append(1e3 * (time.process_time() - worked))
        wall.append(1e3 * (time.perf_counter() - began))
    return found, cpu, wall


def median(values: list[float]) -> float:
    return statistics.median(values)


def p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


if __name__ == "__main__":
    main()
