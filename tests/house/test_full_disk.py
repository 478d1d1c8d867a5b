"""A disk that is full and a database that is locked: a clear word, nothing lost, nothing half done."""

import sqlite3
from urllib.parse import urljoin

import pytest
from django.db import connection

from wellheard.base.audit.queries import verify_all
from wellheard.config.cli import plain
from wellheard.listen.intake.models import Comment

# SQLite ends the whole transaction when the disk is full: the tests must not be inside one.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.capability("P04")]
STORY = "The nurses were kind. " * 1500


@pytest.fixture
def full_disk():
    """No page may be added to the database any more, as on a full disk."""
    if connection.vendor != "sqlite":
        pytest.skip("the page limit that stands for a full disk is SQLite's")
    with connection.cursor() as cursor:

        def limit(pages):
            cursor.execute(f"PRAGMA max_page_count={pages}")

        cursor.execute("PRAGMA page_count")
        yield lambda full: limit(1 if full else 4_000_000)
        limit(4_000_000)


def test_card_on_a_full_disk_is_kindly_refused_and_can_be_sent_again(client, place, full_disk):
    page = f"/en/c/{place.code}/"
    page = urljoin(page, client.post(page, {"rating": "4"}).headers["Location"])
    full_disk(True)
    refused = client.post(page, {"story": STORY})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    assert Comment.objects.count() == 0
    full_disk(False)
    page = urljoin(page, client.post(page, {"story": STORY}).headers["Location"])
    page = urljoin(page, client.post(page, {"reply": "no"}).headers["Location"])
    client.post(page, {})
    assert Comment.objects.get().text.strip() == STORY.strip()
    assert [v.broken for v in verify_all() if v.broken] == []


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (sqlite3.OperationalError("database or disk is full"), "disk is full"),
        (OSError(28, "No space left on device"), "disk is full"),
        (sqlite3.OperationalError("database is locked"), "busy"),
        (sqlite3.OperationalError("no such table: x"), "wellheard migrate"),
    ],
)
def test_console_says_what_to_do(fault, word):
    said = plain(fault)
    assert word in said
    assert "\n" not in said
