"""What formats show on the page of a case."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.resolve.complaints.models import Case, LetterDispatch
from wellheard.resolve.formats.models import WantedFormat
from wellheard.resolve.formats.presenters import title_of


def on_case(request: HttpRequest, subject: object) -> str:
    """The letters of a case with their formats, and what still waits."""
    if not isinstance(subject, Case):
        return ""
    rows = LetterDispatch.objects.filter(case=subject, called_back_at__isnull=True)
    lines = [
        {"dispatch": row, "title": title_of(row),
         "waiting": WantedFormat.objects.filter(dispatch=row, made_at=None).count()}
        for row in rows.select_related("letter")
    ]  # fmt: skip
    if not lines:
        return ""
    return render_to_string("formats/on_case.html", {"lines": lines}, request)
