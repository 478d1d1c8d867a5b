"""Making a week's analysis, signing it, noticing that nobody did."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.access.models import Membership
from wellheard.people.places.models import Place
from wellheard.prove.reviews.findings import Looked, look
from wellheard.prove.reviews.models import (
    DigestOpening,
    Finding,
    MissedReview,
    SignOff,
    UnitDigest,
    WeeklyReview,
)
from wellheard.prove.reviews.rules import Key, digest_of, new_among, review_policy


def make_review(organisation_id: int, week_of: date, *, by: Actor, at: datetime) -> WeeklyReview:
    """Analyse a week once: its findings and each unit's digest. Safe to repeat."""
    earlier = WeeklyReview.objects.filter(organisation_id=organisation_id, week_of=week_of).first()
    if earlier is not None:
        return earlier
    looked = look(organisation_id, until=week_of)
    with acting(by, at=at) as trail:
        review = WeeklyReview.objects.create(
            organisation_id=organisation_id,
            week_of=week_of,
            made_at=at,
            sign_by=at + timedelta(hours=review_policy().sign_within_hours),
            looked_at=looked.looked_at,
            digest=digest_of(looked.found),
        )
        _keep_findings(review, looked)
        digests = _keep_digests(review, at)
        trail.write(
            "review_made", review, findings=len(looked.found), digests=digests,
            looked_at=looked.looked_at,
        )  # fmt: skip
        trail.publish("prove.review_made", review_id=review.pk)
    return review


def sign_review(review_id: int, *, note: str = "", by: Actor, at: datetime) -> SignOff:
    """Keep that somebody read it; a second signature of the same reader changes nothing.

    Raises WeeklyReview.DoesNotExist.
    """
    with acting(by, at=at) as trail:
        review = WeeklyReview.objects.get(pk=review_id, organisation_id=by.organisation_id)
        signature, is_new = SignOff.objects.get_or_create(
            review=review,
            reader_id=int(by.ref),
            defaults={
                "organisation_id": by.organisation_id, "note": note.strip()[:500], "at": at,
            },
        )  # fmt: skip
        if is_new:
            trail.write("review_signed", review)
    return signature


def open_digest(digest_id: int, *, by: Actor, at: datetime) -> None:
    """Keep that the reader opened their digest, the first time."""
    with acting(by, at=at) as trail:
        _opening, is_new = DigestOpening.objects.get_or_create(
            digest_id=digest_id, defaults={"organisation_id": by.organisation_id, "at": at}
        )
        if is_new:
            trail.write("digest_opened", ("prove.unitdigest", str(digest_id)))


def notice_missed(organisation_id: int, *, by: Actor, at: datetime) -> int:
    """Raise the alarm for each analysis that nobody signed in time. How many new alarms."""
    unread = WeeklyReview.objects.filter(
        organisation_id=organisation_id,
        sign_by__lte=at,
        signatures__isnull=True,
        missed__isnull=True,
    )
    with acting(by, at=at) as trail:
        for review in unread:
            MissedReview.objects.create(
                organisation_id=organisation_id, review=review, noticed_at=at
            )
            trail.write("review_missed", review)
            trail.publish("prove.review_missed", review_id=review.pk)
        return len(unread)


def _keep_findings(review: WeeklyReview, looked: Looked) -> None:
    fresh = new_among(looked.found, _keys_before(review))
    Finding.objects.bulk_create(
        Finding(
            organisation_id=review.organisation_id,
            review=review,
            place_id=found.place_id,
            kind=found.kind,
            subject=found.subject,
            says=found.says,
            data=dict(found.data),
            is_new=found.key in fresh,
        )
        for found in looked.found
    )


def _keys_before(review: WeeklyReview) -> set[Key]:
    before = (
        WeeklyReview.objects.filter(
            organisation_id=review.organisation_id, week_of__lt=review.week_of
        )
        .order_by("-week_of")
        .first()
    )
    if before is None:
        return set()
    return set(before.findings.values_list("place_id", "kind", "subject"))


def _keep_digests(review: WeeklyReview, at: datetime) -> int:
    """One digest for each place of each person who manages it."""
    members = Membership.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at),
        organisation_id=review.organisation_id,
        role__in=review_policy().digest_roles,
        user__is_active=True,
    )
    places = Place.objects.of(review.organisation_id).open()
    by_site: dict[int, list[int]] = {}
    for pk, site_id in places.values_list("pk", "site_id"):
        by_site.setdefault(site_id, []).append(pk)
    wanted = {
        (member.user_id, place_id) for member in members for place_id in _places_of(member, by_site)
    }
    UnitDigest.objects.bulk_create(
        UnitDigest(
            organisation_id=review.organisation_id,
            review=review,
            reader_id=user_id,
            place_id=place_id,
            made_at=at,
        )
        for user_id, place_id in sorted(wanted)
    )
    return len(wanted)


def _places_of(member: Membership, by_site: dict[int, list[int]]) -> list[int]:
    if member.place_id is not None:
        return [member.place_id]
    return by_site.get(member.site_id, []) if member.site_id is not None else []
