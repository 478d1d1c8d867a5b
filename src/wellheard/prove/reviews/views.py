"""The weekly analyses: read, sign, and each unit's own digest."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.prove.reviews.actions import open_digest, sign_review
from wellheard.prove.reviews.models import WeeklyReview
from wellheard.prove.reviews.queries import digest_for, findings_of, reviews_of


@requires("review.read")
@require_GET
def reviews(request: StaffRequest) -> HttpResponse:
    """Every week's analysis: what it found, who read it."""
    now = timezone.now()
    found = [
        {
            "review": review,
            "new": sum(finding.is_new for finding in review.findings.all()),
            "count": len(review.findings.all()),
            "readers": [signature.reader.name for signature in review.signatures.all()],
            "is_missed": not review.signatures.all() and review.sign_by <= now,
        }
        for review in reviews_of(request.person.organisation_id)
    ]
    return render(request, "reviews/reviews.html", {"reviews": found, "now": now})


@requires("review.read")
@require_GET
def review(request: StaffRequest, review_id: int) -> HttpResponse:
    """One week: every finding with the figures it rests on."""
    return render(request, "reviews/review.html", _page(request, review_id))


@requires("review.sign")
@require_POST
def sign(request: StaffRequest, review_id: int) -> HttpResponse:
    """Sign that the analysis was read."""
    try:
        sign_review(
            review_id,
            note=request.POST.get("note", ""),
            by=request.person.actor,
            at=timezone.now(),
        )
    except WeeklyReview.DoesNotExist:
        raise Http404 from None
    return redirect("reviews:review", review_id)


@requires("measure.read")
@require_GET
def digest(request: StaffRequest, digest_id: int) -> HttpResponse:
    """A person's own digest: one place, one week."""
    found = digest_for(request.person, digest_id)
    if found is None:
        raise Http404
    if not request.person.may("measure.read", place_id=found.place_id):
        refuse(request, "measure.read", ("people.place", str(found.place_id)))
    open_digest(found.pk, by=request.person.actor, at=timezone.now())
    findings = [
        row for row in findings_of(found.review, request.person) if row.place_id == found.place_id
    ]
    page = {"digest": found, "findings": findings}
    return render(request, "reviews/digest.html", page)


def _page(request: StaffRequest, review_id: int) -> dict[str, Any]:
    found = WeeklyReview.objects.filter(
        pk=review_id, organisation_id=request.person.organisation_id
    ).first()
    if found is None:
        raise Http404
    signatures = list(found.signatures.select_related("reader").order_by("at"))
    return {
        "review": found,
        "findings": findings_of(found, request.person),
        "signatures": signatures,
        "may_sign": request.person.may("review.sign")
        and all(row.reader_id != request.person.user_id for row in signatures),
        "digests": found.digests.select_related("reader", "place", "opening").order_by(
            "place__name"
        ),
        "now": timezone.now(),
        "trail": [{"label": _("Weekly analyses"), "url": reverse("reviews:reviews")}],
    }
