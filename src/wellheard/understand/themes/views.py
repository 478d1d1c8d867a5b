"""The list of themes, one theme with its voices, and corrections of a reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.listen.intake.models import Comment
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.understand.themes import presenters, queries
from wellheard.understand.themes.actions import (
    NothingToCorrectError,
    UnknownThemeError,
    correct_sentiment,
    correct_theme,
)
from wellheard.understand.themes.learning_views import tabs
from wellheard.understand.themes.models import CommentReading
from wellheard.understand.themes.places import asked_places, readable_places
from wellheard.understand.themes.policy import rising_policy
from wellheard.understand.themes.portrait import portrait
from wellheard.understand.themes.vocabulary import own_themes, theme_name, themes_by_code

_ON_A_PAGE = 20


@requires("comment.read_masked")
@require_GET
def themes(request: StaffRequest) -> HttpResponse:
    """Every theme that came up lately, how often, and how people felt."""
    person, now = request.person, timezone.now()
    policy = rising_policy()
    places, chosen = asked_places(request)
    counts = queries.theme_counts(person.organisation_id, places, now=now)
    return render(
        request,
        "themes/themes.html",
        {
            "tabs": tabs("themes", may_teach=person.may("comment.teach")),
            "lines": presenters.theme_lines(counts, policy.recent_weeks, policy.before_weeks),
            "weeks": policy.recent_weeks,
            "before_weeks": policy.before_weeks,
            "places": readable_places(person),
            "place": chosen,
            "total": queries.comments_between(person.organisation_id, places, now)[0],
        },
    )


@requires("comment.read_masked")
@require_GET
def theme(request: StaffRequest, code: str) -> HttpResponse:
    """The voices on one theme, newest first."""
    person = request.person
    if code not in themes_by_code() and code not in own_themes(person.organisation_id):
        raise Http404
    places, chosen = asked_places(request)
    mood = request.GET.get("mood", "")
    comments = queries.comments_on(person.organisation_id, code, places, mood=mood)
    page = Paginator(comments, _ON_A_PAGE).get_page(request.GET.get("page"))
    voices = queries.told(page.object_list, person)  # type: ignore[arg-type]  # a slice of the query
    subject = ("comment_list", f"theme {code}")
    record_read(person.actor, subject, at=timezone.now(), count=len(voices))
    return render(
        request,
        "themes/theme.html",
        {
            "name": theme_name(code),
            "code": code,
            **presenters.portrait_words(
                portrait(person.organisation_id, code, places, now=timezone.now())
            ),
            "page": page,
            "voices": [_voice(each) for each in voices],
            "places": readable_places(person),
            "place": chosen,
            "mood": mood,
            "moods": [
                ("", _("All")),
                ("praise", _("Praise")),
                ("trouble", _("To put right")),
            ],
            "trail": [{"label": _("Themes"), "url": reverse("themes:themes")}],
        },
    )


def _voice(told: queries.Told) -> dict[str, Any]:
    others = [theme_name(code) for code in told.themes]
    return {"told": told, "comment": told.comment, "themes": ", ".join(others)}


@requires("comment.read_masked")
@require_GET
def reading(request: StaffRequest, comment_id: int) -> HttpResponse:
    """The panel by itself, as it stands now."""
    comment = _comment_or_404(request, comment_id)
    return render(request, "themes/reading.html", presenters.panel_of(comment, request.person))


@requires("comment.correct")
@require_POST
def put_theme(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Put a theme on a comment."""
    return _corrected(
        request,
        comment_id,
        lambda **acting: correct_theme(comment_id, put=request.POST.get("theme", ""), **acting),
    )


@requires("comment.correct")
@require_POST
def take_theme(request: StaffRequest, comment_id: int, code: str) -> HttpResponse:
    """Take a theme off a comment."""
    return _corrected(
        request, comment_id, lambda **acting: correct_theme(comment_id, take_away=code, **acting)
    )


@requires("comment.correct")
@require_POST
def set_sentiment(request: StaffRequest, comment_id: int) -> HttpResponse:
    """Say how the person felt."""
    level = request.POST.get("level", "")
    if not level.isdecimal():
        raise Http404
    return _corrected(
        request,
        comment_id,
        lambda **acting: correct_sentiment(comment_id, int(level), **acting),
    )


def _corrected(
    request: StaffRequest, comment_id: int, correct: Callable[..., object]
) -> HttpResponse:
    comment = _comment_or_404(request, comment_id)
    if not presenters.may_correct(comment, request.person):
        refuse(request, "comment.correct", ("listen.comment", str(comment_id)))
    problem = ""
    try:
        correct(by=request.person.actor, at=timezone.now())
    except NothingToCorrectError:
        problem = _("The comment already says so; nothing was changed.")
    except (UnknownThemeError, ValueError):
        problem = _("Choose one of the list.")
    except CommentReading.DoesNotExist:
        problem = _("This comment has not been read yet. Try again in a minute.")
    panel = {**presenters.panel_of(comment, request.person), "problem": problem}
    if request.headers.get("HX-Request"):
        return render(request, "themes/panel.html", panel)
    if problem:
        return render(request, "themes/reading.html", panel, status=409)
    return redirect(request.POST.get("next") or reverse("themes:reading", args=[comment_id]))


def _comment_or_404(request: StaffRequest, comment_id: int) -> Comment:
    comment = Comment.objects.visible_to(request.person).filter(pk=comment_id).first()
    if comment is None:
        raise Http404
    return comment
