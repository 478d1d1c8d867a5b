"""What a case shows on the page of the card it began with."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from wellheard.listen.intake.models import Comment
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.follow.presenters import standing


def case_of_card(request: HttpRequest, subject: object) -> str:
    """Where the case of a card stands, with the way to its own page.

    Whoever holds the link of the card sent it, so the secret of the case is theirs as well.
    """
    if not isinstance(subject, Comment):
        return ""
    said = Case.objects.filter(comment=subject).select_related("organisation", "site")
    case = said.first()
    if case is None:
        return ""
    context = {"case": case, "standing": standing(case, timezone.now())}
    return render_to_string("follow/panel.html", context, request=request)
