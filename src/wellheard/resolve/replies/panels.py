"""What the reply desk shows on the page of a review."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.listen.reviews.models import Outlet, PublicReview
from wellheard.resolve.replies.presenters import line_of
from wellheard.resolve.replies.queries import waiting_of


def on_review(request: HttpRequest, subject: object) -> str:
    """How the reply to a review stands; nothing for what nobody can answer."""
    if not isinstance(subject, PublicReview):
        return ""
    if subject.outlet.about not in (Outlet.About.REVIEW, Outlet.About.STORY):
        return ""
    page = {"line": line_of(waiting_of(subject)), "review": subject}
    return render_to_string("replies/on_review.html", page, request)
