"""Outlets read over real HTTP: new, edited, deleted, unchanged, slow, broken, forbidden."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.listen.intake.models import Comment
from wellheard.listen.reviews.actions import (
    add_outlet,
    confirm_place,
    judge_spam,
    read_outlet,
    take,
)
from wellheard.listen.reviews.connectors.table import Pulled
from wellheard.listen.reviews.listings import note_step
from wellheard.listen.reviews.models import BurstAlarm, Listing, PublicReview
from wellheard.listen.reviews.policy import public_policy
from wellheard.listen.reviews.queries import rating_of
from wellheard.listen.reviews.rules import Entry
from wellheard.listen.reviews.tasks import read_outlets
from wellheard.listen.reviews.tests.outlet_server import OutletServer
from wellheard.listen.reviews.watching import watch_bursts

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[OutletServer]:
    with OutletServer().running() as running:
        yield running


@pytest.fixture(autouse=True)
def may_read_this_machine(settings: Any) -> None:
    settings.REVIEWS_PRIVATE_ADDRESSES = True


@pytest.fixture
def add(organisation: Any, actor: Any, at: Any) -> Any:
    def outlet(kind: str, address: str = "", about: str = "review", **more: Any) -> Any:
        return add_outlet(
            organisation, by=actor, at=at, name=f"{kind} {about}", kind=kind, about=about,
            address=address, **more,
        )  # fmt: skip

    return outlet


def rss(*items: tuple[str, str, int, int]) -> str:
    """A feed of (id, words, stars, day of March)."""
    body = "".join(
        f"<item><guid>{key}</guid><description>{words}</description><review:rating>{stars}"
        f"</review:rating><category>Ward 7</category>"
        f"<pubDate>Sun, {day:02} Mar 2026 10:00:00 GMT</pubDate></item>"
        for key, words, stars, day in items
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:review="urn:example:review"><channel>'
        f"<title>r</title>{body}</channel></rss>"
    )


FIRST = (
    ("a", "The nurses were kind to my father", 5, 1),
    ("b", "Waited three hours for a pill", 2, 2),
    ("c", "Nobody explained the discharge papers", 2, 3),
)


@pytest.mark.capability("B10")
def test_feed_with_edited_and_deleted_review_keeps_history(
    server: OutletServer, add: Any, actor: Any, at: Any, place: Any
) -> None:
    outlet = add("feed", server.serve("/rss", rss(*FIRST)))
    first = read_outlet(outlet, by=actor, at=at)
    assert (first.outcome, first.new, first.broken) == ("read", 3, 0)
    comments = Comment.objects.filter(source="review", place=place)
    assert comments.count() == 3 and {c.rating_max for c in comments} == {5}
    assert comments.get(external_id="b").received_at.day == 2

    again = read_outlet(outlet, by=actor, at=at)
    assert again.outcome == "unchanged" and server.asked[-1] == ("/rss", 304)

    server.serve("/rss", rss(FIRST[0], ("c", "They did explain the papers later", 4, 3)))
    later = at + timedelta(hours=1)
    reading = read_outlet(outlet, by=actor, at=later)
    assert (reading.new, reading.edited, reading.deleted) == (0, 1, 1)
    edited = PublicReview.objects.get(external_id="c")
    assert [(v.kind, v.text, int(v.rating or 0)) for v in edited.versions.all()] == [
        ("first", FIRST[2][1], 2),
        ("edited", "They did explain the papers later", 4),
    ]
    assert edited.comment is not None and edited.comment.text.startswith("They did")
    gone = PublicReview.objects.get(external_id="b")
    assert gone.state == "deleted" and gone.comment is not None
    assert [v.text for v in gone.versions.all()] == [FIRST[1][1]] * 2
    rating = rating_of(place.pk, now=later)
    assert rating is not None and (rating.n, rating.mean) == (2, 4.5)
    assert AuditRow.objects.filter(action="comment_amended").count() == 1

    server.serve("/rss", rss(*FIRST))
    read_outlet(outlet, by=actor, at=later)
    gone.refresh_from_db()
    assert gone.state == "stands" and gone.versions.last().kind == "returned"  # type: ignore[union-attr]
    assert Comment.objects.count() == 3


@pytest.mark.parametrize(
    ("path", "how", "code"),
    [
        ("/none", None, "http-404"),
        ("/html", {"body": "<p>Sorry</p>"}, "not-a-feed"),
        ("/half", {"body": rss(*FIRST), "cut": True}, "broke-off"),
        ("/slow", {"body": rss(*FIRST), "drip": 40}, "too-slow"),
        ("/large", {"body": "x" * 20_000}, "too-large"),
        ("/away", {"body": "", "status": 302, "headers": {"Location": "file:///etc/hosts"}}, None),
        ("/round", {"body": "", "status": 302, "headers": {"Location": "/round"}}, "http-302"),
    ],
)
def test_bad_day_of_an_outlet_changes_nothing_and_is_written_down(
    server: OutletServer, add: Any, actor: Any, at: Any, place: Any, monkeypatch: Any, path: str,
    how: Any, code: str | None,
) -> None:  # fmt: skip
    limits = {"timeout_seconds": 0.3, "seconds_in_all": 2, "most_bytes": 10_000}
    for name, value in limits.items():
        monkeypatch.setitem(public_policy().pull, name, value)
    outlet = add("feed", server.serve("/good", rss(*FIRST)))
    read_outlet(outlet, by=actor, at=at)
    outlet.address = server.address + path
    outlet.etag = ""
    if how:
        server.serve(path, **how)
    reading = read_outlet(outlet, by=actor, at=at)
    assert reading.outcome == "failed" and (code is None or reading.code == code)
    assert PublicReview.objects.standing().count() == Comment.objects.count() == 3  # type: ignore[attr-defined]


def test_private_network_is_not_read_unless_allowed(
    server: OutletServer, add: Any, actor: Any, at: Any, settings: Any
) -> None:
    settings.REVIEWS_PRIVATE_ADDRESSES = False
    server.serve("/rss", rss(*FIRST))
    asked = len(server.asked)
    port = server.address.rsplit(":", 1)[1]
    for host in (server.address, f"http://localhost:{port}"):
        outlet = add("feed", host + "/rss", keywords=[])
        assert read_outlet(outlet, by=actor, at=at).code == "private-address"
        outlet.delete()
    assert len(server.asked) == asked


def test_json_pages_are_followed_to_the_end_or_not_taken(
    server: OutletServer, add: Any, actor: Any, at: Any, place: Any
) -> None:
    def page(ids: range, following: str | None) -> str:
        rows = [
            {"k": n, "body": f"Story number {n} of its own", "stars": 8, "at": "2026-03-01"}
            for n in ids
        ]
        return json.dumps({"rows": rows, "more": following})

    mapping = {
        "items": "rows", "next": "more", "id": "k", "text": "body", "rating": "stars",
        "written_at": "at", "scale": 10, "complete": True,
    }  # fmt: skip
    address = server.serve("/j1", page(range(3), "/j2"))
    server.serve("/j2", page(range(3, 5), None))
    outlet = add("json", address, mapping=mapping)
    assert read_outlet(outlet, by=actor, at=at).new == 5
    assert {int(r.rating_max or 0) for r in PublicReview.objects.all()} == {10}
    server.serve("/j2", "{", status=500)
    assert read_outlet(outlet, by=actor, at=at).code == "http-500"
    assert PublicReview.objects.filter(state="deleted").count() == 0
    server.serve("/j2", page(range(4, 5), None))
    assert read_outlet(outlet, by=actor, at=at).deleted == 1
    server.serve("/j2", page(range(4, 5), "http://elsewhere.example/"))
    assert read_outlet(outlet, by=actor, at=at).code == "other-host"


@pytest.mark.capability("B11")
def test_burst_of_mentions_gives_one_alert_and_spam_none(
    add: Any, actor: Any, at: Any, organisation: Any, place: Any
) -> None:
    outlet = add("json", "http://news.example/", about="mention", keywords=["Riverbend"])

    def told(n: int, words: str, hours: float) -> Entry:
        return Entry(f"m{n}", words, written_at=at - timedelta(hours=hours))

    quiet = [told(n, f"Riverbend quiet mention {n}", 24 * (n + 2)) for n in range(20)]
    take(outlet, Pulled(quiet), by=actor, at=at)
    assert watch_bursts(organisation, by=actor, at=at) is None
    burst = [told(100 + n, f"Riverbend told me off, says voice {n}", 1) for n in range(50)]
    spam = [told(200 + n, "Riverbend casino promo code click here", 1) for n in range(9)]
    other = [told(300, "A storm is coming", 1)]
    for start in range(0, 50, 10):
        take(outlet, Pulled(burst[start : start + 10]), by=actor, at=at)
        watch_bursts(organisation, by=actor, at=at)
    reading = take(outlet, Pulled(spam + other), by=actor, at=at)
    watch_bursts(organisation, by=actor, at=at)
    assert reading.left_out == 1
    assert PublicReview.objects.filter(state="spam").count() == 9
    assert BurstAlarm.objects.get().count == 50
    assert AuditRow.objects.filter(action="burst.began").count() == 1
    assert Comment.objects.filter(source="mention").count() == 70
    later = at + timedelta(days=3)
    assert watch_bursts(organisation, by=actor, at=later) is None
    assert BurstAlarm.objects.get().closed_at == later

    review = PublicReview.objects.filter(state="spam").first()
    assert review is not None
    judge_spam(review, is_spam=False, by=actor, at=at)
    assert review.comment is not None and review.comment.source == "mention"
    judge_spam(review, is_spam=True, by=actor, at=at)
    judge_spam(review, is_spam=False, by=actor, at=at)
    assert Comment.objects.filter(source="mention").count() == 71


@pytest.mark.capability("K13")
def test_planted_false_listing_alerts_once_and_is_logged_to_the_end(
    add: Any, actor: Any, at: Any, site: Any
) -> None:
    outlet = add("csv", about="listing")
    entries = [
        Entry("l1", "Riverbend General Clinic", about="1 Other Street", url="https://fake.example"),
        Entry("l2", "Corner Bakery"),
    ]
    take(outlet, Pulled(entries), by=actor, at=at)
    take(outlet, Pulled(entries), by=actor, at=at)
    listing = Listing.objects.get()
    assert listing.near == "Riverbend General" and listing.state == "open"
    assert AuditRow.objects.filter(action="listing.found").count() == 1
    assert not Comment.objects.exists()
    for kind in ("false", "reported", "taken_down"):
        note_step(listing, kind, "by form", by=actor, at=at)
    assert listing.state == "taken_down" and listing.steps.count() == 3
    with pytest.raises(ValueError, match="no step"):
        note_step(listing, "burnt", "", by=actor, at=at)


def test_uncertain_place_waits_for_a_person(
    add: Any, actor: Any, at: Any, place: Any, other_place: Any
) -> None:
    outlet = add("csv")
    take(outlet, Pulled([Entry("x", "They were late in Clinic 4")]), by=actor, at=at)
    review = PublicReview.objects.get()
    assert review.place is None and review.suggested == other_place
    assert review.comment is not None and review.comment.place is None
    confirm_place(review, other_place, by=actor, at=at)
    assert Comment.objects.get().place == other_place
    assert review.confirmed_at == at


def test_timetable_reads_each_outlet_and_passes_over_a_broken_one(
    server: OutletServer, add: Any, at: Any, place: Any
) -> None:
    add("feed", server.address + "/nothing-here")
    add("csv", server.serve("/c.csv", "id,text\n1,Kind people\n"))
    read_outlets(at)
    assert PublicReview.objects.count() == 1
