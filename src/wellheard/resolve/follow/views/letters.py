"""A letter in the format the person needs, by the secret address of their case."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import record_read
from wellheard.people.access.doors import public
from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.complaints.queries.follow_up import case_by_secret
from wellheard.resolve.complaints.wording import spoken
from wellheard.resolve.formats.presenters import title_of
from wellheard.resolve.formats.source import easy_of, has_left, symbol_of
from wellheard.resolve.formats.views.files import give

_HOLDER = "whoever holds the secret address is the person it was given to"


@public(_HOLDER)
@require_GET
def easy(request: HttpRequest, secret: str, letterdispatch_id: int) -> HttpResponse:
    """The letter in easy read: one idea a line, a picture beside each part."""
    dispatch = _letter(secret, letterdispatch_id, "easy")
    found = easy_of(dispatch)
    if not found.is_ready:
        raise Http404
    context = {
        "parts": [{"part": part, "symbol": symbol_of(part.code)} for part in found.parts],
        "title": title_of(dispatch),
        "language": spoken(dispatch.language),
        "organisation": dispatch.organisation,
        "back_url": reverse("follow:case", args=[secret]),
        "pdf_url": reverse("follow:letter_file", args=[secret, dispatch.pk, "easy"]),
    }
    return render(request, "follow/easy.html", context)


@public(_HOLDER)
@require_GET
def file(request: HttpRequest, secret: str, letterdispatch_id: int, kind: str) -> HttpResponseBase:
    """The letter as a file: paper, sound or video."""
    return give(request, _letter(secret, letterdispatch_id, kind), kind)


def _letter(secret: str, letterdispatch_id: int, kind: str) -> LetterDispatch:
    now, case = timezone.now(), case_by_secret(secret)
    if case is None:
        raise Http404
    rows = LetterDispatch.objects.select_related("case", "letter", "organisation")
    found = rows.filter(pk=letterdispatch_id, case=case).first()
    if found is None or not has_left(found, now):
        raise Http404
    by = Actor.patient(case.organisation_id, f"case:{case.pk}")
    record_read(by, case, at=now, letter=found.pk, format=kind[:12])
    return found
