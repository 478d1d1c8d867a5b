"""What themes show on the page of a comment."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.listen.intake.models import Comment
from wellheard.people.access.person import Person
from wellheard.understand.themes.presenters import panel_of


def comment_panel(request: HttpRequest, subject: object) -> str:
    """Themes with their confidence, how the person felt, and the means to correct both."""
    person: Person | None = getattr(request, "person", None)
    if person is None or not isinstance(subject, Comment):
        return ""
    return render_to_string("themes/panel.html", panel_of(subject, person), request=request)
