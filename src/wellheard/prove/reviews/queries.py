"""Reads of the weekly analyses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wellheard.people.access.person import Person
from wellheard.prove.reviews.models import Finding, UnitDigest, WeeklyReview


@dataclass(frozen=True, slots=True)
class Waiting:
    """An analysis that this person has not signed; `missed` when nobody did in time."""

    review: WeeklyReview
    findings: int
    new: int
    missed: bool


def reviews_of(organisation_id: int) -> list[WeeklyReview]:
    """Every analysis, newest first, with its signatures."""
    rows = WeeklyReview.objects.filter(organisation_id=organisation_id)
    return list(
        rows.prefetch_related("signatures__reader", "findings")
        .select_related("missed")
        .order_by("-week_of")
    )


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """The newest analysis when nobody has signed it, and any older one that was missed."""
    rows = WeeklyReview.objects.filter(
        organisation_id=person.organisation_id, signatures__isnull=True
    )
    return [
        Waiting(
            review,
            review.findings.count(),
            review.findings.filter(is_new=True).count(),
            review.sign_by <= now,
        )
        for review in rows.order_by("-week_of")[:3]
    ]


def findings_of(review: WeeklyReview, person: Person) -> list[Finding]:
    """What was found: new first, then what matters most.

    Counts of comments are only for those who may read the comments.
    """
    rows = [
        row
        for row in review.findings.select_related("place__site")
        if not row.counts_comments or _may_count(person, row.place_id)
    ]
    return sorted(rows, key=lambda row: (not row.is_new, -row.rank, row.says))


def _may_count(person: Person, place_id: int | None) -> bool:
    return any(
        person.may(permission, place_id=place_id)
        for permission in ("comment.read", "comment.read_masked")
    )


def digest_for(person: Person, digest_id: int) -> UnitDigest | None:
    """The digest, when it is this person's own."""
    mine = UnitDigest.objects.filter(reader_id=person.user_id, pk=digest_id)
    return mine.select_related("place__site", "review").first()


def unopened_digest(person: Person, place_id: int) -> UnitDigest | None:
    """This person's newest digest of a place, when they have not opened it."""
    mine = UnitDigest.objects.filter(reader_id=person.user_id, place_id=place_id)
    newest = mine.select_related("review", "opening").order_by("-review__week_of").first()
    return None if newest is None or hasattr(newest, "opening") else newest
