"""One item, one life: what was told more than once, and what was left lying."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.base.audit.trail import record_read
from wellheard.listen.intake import presenters, queries
from wellheard.listen.intake.listing import asides
from wellheard.listen.intake.models import Comment, OrphanFinding
from wellheard.people.access.doors import StaffRequest, requires

_ON_A_PAGE = 20


@require_GET
@requires("comment.read_masked")
def copies(request: StaffRequest) -> HttpResponse:
    """What was told more than once, newest first: each first telling with its copies."""
    person = request.person
    visible = Comment.objects.visible_to(person)
    firsts = visible.filter(pk__in=visible.exclude(duplicate_of=None).values("duplicate_of"))
    page = Paginator(
        firsts.select_related("place", "site", "owner").order_by("-received_at", "-pk"), _ON_A_PAGE
    ).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    again = list(
        visible.filter(duplicate_of__in=shown)
        .select_related("place", "site", "owner")
        .order_by("received_at", "pk")
    )
    everything = [*shown, *again]
    record_read(person.actor, ("comment_list", "copies"), at=timezone.now(), count=len(everything))
    lines = presenters.lines(everything, person, asides(everything, person))
    context = {
        "page": page,
        "groups": [_group(line, lines[len(shown) :], person) for line in lines[: len(shown)]],
        "trail": _trail(_("Told more than once")),
    }
    return render(request, "intake/copies.html", context)


def _group(first: presenters.Line, again: list[presenters.Line], person: Any) -> dict[str, Any]:
    return {
        "first": first,
        "copies": [
            (line, person.may("comment.reply", place_id=line.comment.place_id))
            for line in again
            if line.comment.duplicate_of_id == first.comment.pk
        ],
    }


@require_GET
@requires("comment.read_masked")
def left_lying(request: StaffRequest) -> HttpResponse:
    """What the sweep found without an owner or undecided past its time, and where it stands now."""
    person, now = request.person, timezone.now()
    visible = Comment.objects.visible_to(person)
    found = OrphanFinding.objects.filter(comment__in=visible)
    open_only = request.GET.get("show") != "all"
    if open_only:
        found = found.filter(comment__disposition="")
    page = Paginator(
        found.select_related("comment__place", "comment__owner").order_by("-at", "-pk"), _ON_A_PAGE
    ).get_page(request.GET.get("page"))
    record_read(person.actor, ("comment_list", "left lying"), at=now, count=len(page))
    context = {
        "page": page,
        "open_only": open_only,
        "lead": presenters.waiting_words(
            queries.waiting(person.organisation_id, _reach(person), now=now)
        ),
        "rows": [_row(row) for row in page],
        "tabs": [
            {"label": _("Still open"), "url": "?", "current": open_only},
            {"label": _("All"), "url": "?show=all", "current": not open_only},
        ],
        "trail": _trail(_("Left lying")),
    }
    return render(request, "intake/left_lying.html", context)


def _row(row: OrphanFinding) -> dict[str, Any]:
    decided = row.comment.disposition
    return {
        "comment": row.comment,
        "at": row.at,
        "why": _("Nobody answered for it") if row.why == "unowned" else _("Past its time"),
        "state": presenters.disposition_words(decided) if decided else _("Waits for a decision"),
        "kind": "action" if decided else "attention",
        "source": presenters.source_words(row.comment.source),
    }


def _reach(person: Any) -> frozenset[int] | None:
    full, masked = person.places("comment.read"), person.places("comment.read_masked")
    return None if full is None or masked is None else full | masked


def _trail(label: str) -> list[dict[str, str]]:
    return [{"label": _("Comments"), "url": reverse("intake:comments")}, {"label": label}]
