"""How well comments are read here, the monthly sample, themes of one's own, and what is new."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.base.pages import figures
from wellheard.measures.intervals import wilson
from wellheard.measures.text.taxonomy import HCAHPS, HCAT, load_crosswalk
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.themes import presenters, queries
from wellheard.understand.themes.learning import newest_model, newest_own_themes
from wellheard.understand.themes.models import BlindLabel
from wellheard.understand.themes.places import asked_places, readable_places
from wellheard.understand.themes.policy import quality_policy, rising_policy
from wellheard.understand.themes.sampling import Share, draw_sample, label_blind, site_quality
from wellheard.understand.themes.tasks import read_again, retrain_comments
from wellheard.understand.themes.teaching import TooFewExamplesError, checked_comments, teach_theme
from wellheard.understand.themes.vocabulary import (
    staff_group_names,
    theme_name,
    themes_in_groups,
)

_LONGEST = 60_000
_QUOTES = 3


def tabs(current: str, *, may_teach: bool) -> list[dict[str, Any]]:
    """The pages about what comments say; the last two for those who may teach the machine."""
    pages = [
        ("themes", _("Themes")),
        ("categories", _("Other taxonomies")),
        ("heard", _("Heard and thanked")),
        ("emerging", _("New topics")),
        ("quality", _("How well it reads")),
    ]
    if may_teach:
        pages += [("sample", _("Monthly sample")), ("own", _("Your own themes"))]
    return [
        {
            "label": label,
            "url": reverse(f"themes:{name}"),
            "current": name == current,
            "count": None,
        }
        for name, label in pages
    ]


def _tabs(request: StaffRequest, current: str) -> list[dict[str, Any]]:
    return tabs(current, may_teach=request.person.may("comment.teach"))


@requires("comment.read_masked")
@require_GET
def categories(request: StaffRequest) -> HttpResponse:
    """The same comments sorted by HCAT or by the domains of HCAHPS."""
    person, now = request.person, timezone.now()
    places, chosen = asked_places(request)
    name = HCAHPS if request.GET.get("by") == HCAHPS else HCAT
    walk, weeks = load_crosswalk(name), rising_policy().recent_weeks
    found = queries.comments_in_categories(
        person.organisation_id, places, now - timedelta(weeks=weeks), now, name
    )
    counts = {row.code: row for row in found}
    nothing = queries.MoodCount("", 0, 0, 0)
    total = queries.comments_between(person.organisation_id, places, now)[0]
    return render(
        request,
        "themes/categories.html",
        {
            "tabs": _tabs(request, "categories"),
            "lines": [
                (presenters.in_language(names), counts.get(code, nothing))
                for code, names in walk.categories.items()
            ],
            "weeks": weeks,
            "total": total,
            "source": walk.source,
            "version": f"{walk.code} {walk.version}",
            "choices": [
                (each, presenters.in_language(load_crosswalk(each).names), each == name)
                for each in (HCAT, HCAHPS)
            ],
            "places": readable_places(person),
            "place": chosen,
        },
    )


@requires("comment.read_masked")
@require_GET
def heard(request: StaffRequest) -> HttpResponse:
    """Who says they felt heard, and which groups of staff are named."""
    person, now = request.person, timezone.now()
    places, chosen = asked_places(request)
    policy = rising_policy()
    start = now - timedelta(weeks=policy.recent_weeks + policy.before_weeks)
    felt = queries.felt_heard(person.organisation_id, places, start, now)
    said = felt.heard + felt.not_heard
    share = wilson(felt.heard, said) if said else None
    names = staff_group_names()
    groups = queries.staff_groups(person.organisation_id, places, start, now)
    return render(
        request,
        "themes/heard.html",
        {
            "tabs": _tabs(request, "heard"),
            "felt": felt,
            "said": said,
            "share": 100 * share.estimate if share else None,
            "low": 100 * share.low if share else None,
            "high": 100 * share.high if share else None,
            "groups": [(names.get(row.code, row.code), row) for row in groups],
            "weeks": policy.recent_weeks + policy.before_weeks,
            "places": readable_places(person),
            "place": chosen,
        },
    )


@requires("comment.read_masked")
@require_GET
def emerging(request: StaffRequest) -> HttpResponse:
    """Topics that came up lately far more than before, with the words that make them new."""
    person, now = request.person, timezone.now()
    places, chosen = asked_places(request)
    policy = rising_policy()
    found = queries.emerging(person.organisation_id, places, now=now, quotes=_QUOTES)
    shown = [comment.pk for each in found for comment in each.comments]
    told = {
        each.comment.pk: each
        for each in queries.told(queries.by_ids(person.organisation_id, shown), person)
    }
    if told:
        subject = ("comment_list", "new topics")
        record_read(person.actor, subject, at=now, count=len(told))
    return render(
        request,
        "themes/emerging.html",
        {
            "tabs": _tabs(request, "emerging"),
            "topics": [
                (each.topic, [told[c.pk] for c in each.comments if c.pk in told]) for each in found
            ],
            "weeks": policy.recent_weeks,
            "before_weeks": policy.before_weeks,
            "places": readable_places(person),
            "place": chosen,
        },
    )


@requires("comment.read_masked")
@require_GET
def quality(request: StaffRequest) -> HttpResponse:
    """This site's own figures, by theme and by month, and what follows from them."""
    return _quality_page(request)


def _quality_page(request: StaffRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    person = request.person
    found = site_quality(person.organisation_id, until=timezone.localdate())
    model, policy = newest_model(person.organisation_id), quality_policy()
    checked = len(checked_comments(person.organisation_id))
    return render(
        request,
        "themes/quality.html",
        {
            "tabs": _tabs(request, "quality"),
            "quality": found,
            "themes": _figure(found.themes),
            "tones": _figure(found.tones),
            "bar": figures.percent(100 * policy.tone_bar),
            "fewest": policy.fewest,
            "months": policy.watched_months,
            "by_theme": [(theme_name(c), _figure(s), s.n) for c, s in found.by_theme.items()],
            "by_month": [
                (month, _figure(themes), _figure(tones), tones.n)
                for month, (themes, tones) in found.by_month.items()
            ],
            "model": model,
            "taken": [
                (theme_name(code), row) for code, row in (model.figures if model else {}).items()
            ],
            "checked": checked,
            "may_teach": person.may("comment.teach"),
            "problem": problem,
        },
        status=status,
    )


def _figure(share: Share) -> str:
    """ "72 % (64-79)", or that there are too few to say."""
    if share.value is None or share.low is None or share.high is None:
        return _("too few to say")
    whole = figures.percent(100 * share.value)
    return f"{whole} ({figures.interval(100 * share.low, 100 * share.high)})"


@requires("comment.teach")
@require_POST
def retrain(request: StaffRequest) -> HttpResponse:
    """Learn from the corrections, as a job."""
    actor = request.person.actor
    checked, fewest = len(checked_comments(actor.organisation_id)), quality_policy().fewest
    if checked < fewest:
        words = ngettext(
            "%(n)s comment was looked at by a person; %(fewest)s are needed.",
            "%(n)s comments were looked at by people; %(fewest)s are needed.",
            checked,
        )
        problem = words % {"n": checked, "fewest": fewest}
        return _quality_page(request, problem=problem, status=409)
    retrain_comments.enqueue(actor.organisation_id, actor.ref, actor.name)
    return redirect(f"{reverse('themes:quality')}?started=1")


@requires("comment.teach")
@require_POST
def reread(request: StaffRequest) -> HttpResponse:
    """Read all comments again with what the machine knows now, as a job."""
    read_again.enqueue(request.person.organisation_id)
    return redirect(f"{reverse('themes:quality')}?started=1")


@requires("comment.teach")
@require_http_methods(["GET", "POST"])
def sample(request: StaffRequest) -> HttpResponse:
    """One comment of the monthly sample after the other, without the machine's word on it."""
    person, now = request.person, timezone.now()
    problem = ""
    if request.method == "POST" and "draw" in request.POST:
        _draw(request)
        return redirect("themes:sample")
    if request.method == "POST":
        problem = _kept(request)
        if not problem:
            return redirect("themes:sample")
    rows = BlindLabel.objects.filter(organisation_id=person.organisation_id)
    waiting = rows.filter(done_at__isnull=True).order_by("month", "pk")
    row, told = waiting.first(), None
    if row is not None:
        ids = queries.by_ids(person.organisation_id, [row.comment_id])
        told = next(iter(queries.told(ids, person)), None)
        record_read(person.actor, ("listen.comment", str(row.comment_id)), at=now, count=1)
    return render(
        request,
        "themes/sample.html",
        {
            "tabs": _tabs(request, "sample"),
            "row": row,
            "told": told,
            "left": waiting.count(),
            "done": rows.filter(done_at__isnull=False).count(),
            "groups": themes_in_groups(person.organisation_id),
            "levels": [(level, presenters.sentiment_words(level)) for level in range(1, 6)],
            "problem": problem,
        },
        status=409 if problem else 200,
    )


def _draw(request: StaffRequest) -> None:
    """Last month's sample; this month's where last month has no comments."""
    today = timezone.localdate()
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    by, now = request.person.actor, timezone.now()
    if not draw_sample(last, by=by, at=now):
        draw_sample(today, by=by, at=now)


def _kept(request: StaffRequest) -> str:
    """Keep the label that was sent; what is wrong with it, or nothing."""
    number, level = request.POST.get("row", ""), request.POST.get("level", "")
    if not (number.isdecimal() and level.isdecimal()):
        return _("Say how the person felt.")
    try:
        label_blind(
            int(number),
            themes=request.POST.getlist("theme"),
            sentiment=int(level),
            is_urgent="urgent" in request.POST,
            by=request.person.actor,
            at=timezone.now(),
        )
    except BlindLabel.DoesNotExist:
        return _("This comment was labelled already; here is the next.")
    except ValueError:
        return _("Choose one of the list.")
    return ""


@requires("comment.teach")
@require_http_methods(["GET", "POST"])
def own(request: StaffRequest) -> HttpResponse:
    """Themes the site taught, how well each is found, and the form to teach one."""
    problem, given = "", request.POST if request.method == "POST" else {}
    if request.method == "POST":
        problem = _taught(request)
        if not problem:
            return redirect("themes:own")
    person = request.person
    return render(
        request,
        "themes/own.html",
        {
            "tabs": _tabs(request, "own"),
            "themes": [
                (theme, _figure(_share_of(theme.quality)))
                for theme in newest_own_themes(person.organisation_id)
            ],
            "problem": problem,
            "given": {
                name: given.get(name, "") for name in ("name", "description", "about", "other")
            },
            "bar": figures.percent(100 * quality_policy().theme_bar),
        },
        status=409 if problem else 200,
    )


def _share_of(quality: dict[str, float]) -> Share:
    return Share(int(quality["rows"]), quality["f1"], quality["low"], quality["high"])


def _taught(request: StaffRequest) -> str:
    """Teach the theme that was sent; what is wrong with it, or nothing."""
    lines = {
        field: request.POST.get(field, "")[:_LONGEST].splitlines() for field in ("about", "other")
    }
    try:
        teach_theme(
            request.POST.get("name", ""),
            description=request.POST.get("description", ""),
            about=lines["about"],
            other=lines["other"],
            by=request.person.actor,
            at=timezone.now(),
        )
    except TooFewExamplesError as few:
        return _(
            "There are %(given)s examples in different words; at least %(needed)s are needed,"
            " about the theme and beside it."
        ) % {"given": few.given, "needed": few.needed}
    except ValueError:
        return _("Give the theme a name.")
    return ""
