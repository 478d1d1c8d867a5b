"""Asking in plain words: what was understood, the answer, and the means to correct it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.base.audit.trail import acting, record_read
from wellheard.base.vault.sealing import digest
from wellheard.listen.intake.models import Comment
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.prove.boards.queries import organisation_day
from wellheard.prove.explore import transport
from wellheard.prove.explore.asking import Asked
from wellheard.prove.explore.codec import request_body
from wellheard.prove.explore.presenters import dimension_words
from wellheard.prove.explore.rules import Named, Understood, understand
from wellheard.prove.explore.views import answered, explore_page
from wellheard.understand.scores.queries import measures
from wellheard.understand.search.finding import Find, read_find
from wellheard.understand.search.forms import language_names, mood_words
from wellheard.understand.search.presenters import chips as find_chips
from wellheard.understand.search.presenters import lines, period_words
from wellheard.understand.search.queries import comments_found
from wellheard.understand.search.rules import Sought
from wellheard.understand.themes.queries import told
from wellheard.understand.themes.vocabulary import WITHOUT_TOPIC, theme_name, themes_by_code

_SHOWN = 5
_TO_SUMMARISE = 40


@require_http_methods(["GET", "HEAD", "POST"])
@requires("measure.read")
def ask(request: StaffRequest) -> HttpResponse:
    """A question in plain words. It is sent by POST and kept nowhere: it may hold names."""
    question = " ".join(request.POST.get("question", "").split())[:400]
    context: dict[str, Any] = {"question": question, "examples": _examples(request.person)}
    if not question:
        return render(request, "explore/ask.html", context)
    person = request.person
    today = organisation_day(person.organisation_id, timezone.now())
    understood = understand(question, names(person, today), today=today)
    context |= {"understood": understood, "parts": _parts(understood, person, today)}
    if understood.is_something and not understood.several:
        may_read = person.may("comment.read_masked")
        if understood.wants == "comments" and may_read:
            context |= _comments(request, understood)
        elif understood.wants == "figures":
            context |= _figures(request, understood)
    return render(request, "explore/ask.html", context)


@require_POST
@requires("comment.read_masked")
def summarise(request: StaffRequest) -> HttpResponse:
    """Ask the program an administrator has set for a summary in which every sentence has a quote.

    It gets masked words only, whoever asks, and our own words for the topic, never the question.
    """
    if not transport.is_set():
        raise Http404
    person, find = request.person, read_find(request.GET)
    _may_see(request, find)
    comments = comments_found(find.without("words"), Sought(()), person)
    masked = comments.exclude(reading__masked_text="").filter(reading__isnull=False)
    rows = list(masked.values_list("pk", "reading__masked_text")[:_TO_SUMMARISE])
    ids = {f"q{number}": pk for number, (pk, _text) in enumerate(rows, 1)}
    quotes = {name: text for name, (_pk, text) in zip(ids, rows, strict=True)}
    topic = ", ".join(chip["label"] for chip in _find_chips(find, person))
    context: dict[str, Any] = {"find": find, "topic": topic, "count": len(rows)}
    if rows:
        _note_sent(person, find, len(rows))
        try:
            summary = transport.ask(request_body(_model(), topic, quotes), list(ids))
        except transport.NoAnswerError as error:
            context["failed"] = str(error)
        else:
            cited = [name for each in summary.sentences for name in each.quotes]
            texts = _texts({ids[name] for name in cited}, person)
            context |= {
                "summary": [
                    (each.text, [(name, texts.get(ids[name])) for name in each.quotes])
                    for each in summary.sentences
                ],
                "dropped": summary.dropped,
            }
    return render(request, "explore/summary.html", context)


def names(person: Person, today: date) -> list[Named]:
    """What this person may ask about: measures, themes, the places and sites they may see."""
    reach = person.places("measure.read")
    places = Place.objects.of(person.organisation_id).open().within(reach).select_related("site")
    sites = {place.site_id: place.site.name for place in places}
    catalogue = measures(person.organisation_id, on=today)
    return [
        *(Named("measure", each.code, each.title) for each in catalogue.values()),
        *(
            Named("theme", theme.code, theme.name("en"))
            for theme in themes_by_code().values()
            if theme.code not in WITHOUT_TOPIC
        ),
        *(Named("place", str(place.pk), place.name) for place in places),
        *(Named("site", str(pk), name) for pk, name in sites.items()),
    ]


def _figures(request: StaffRequest, understood: Understood) -> dict[str, Any]:
    found = answered(request, asked_of(understood))
    page = explore_page(request, found)
    page["explore_here"] = f"{reverse('explore:explore')}?{found.asked.query()}"
    if understood.theme and request.person.may("comment.read_masked"):
        page["comments_url"] = f"{reverse('search:search')}?{find_of(understood).query()}"
    return page


def _comments(request: StaffRequest, understood: Understood) -> dict[str, Any]:
    person, find = request.person, find_of(understood)
    _may_see(request, find)
    found = comments_found(find, Sought(()), person)
    shown = told(found, person, limit=_SHOWN)
    subject = ("comment_list", digest(find.query(), "comment-search")[:16])
    record_read(person.actor, subject, at=timezone.now(), count=len(shown))
    return {
        "count": found.count(),
        "lines": lines(shown, Sought(()), first=1, find=find),
        "search_here": f"{reverse('search:search')}?{find.query()}",
        "summary_url": f"{reverse('explore:summarise')}?{find.query()}"
        if transport.is_set()
        else "",
    }


def asked_of(understood: Understood) -> Asked:
    """The slice of a question about figures; whole months around the days that were meant."""
    return Asked(
        measure=understood.measure,
        place=understood.place,
        site=understood.site,
        kind=understood.kind,
        by=understood.by,
        step=understood.step,
        since=f"{understood.since:%Y-%m}" if understood.since else "",
        until=f"{understood.until:%Y-%m}" if understood.until else "",
        only=understood.only if understood.by else "",
    )


def find_of(understood: Understood) -> Find:
    """The comments a question is about."""
    return Find(
        theme=understood.theme,
        mood=understood.mood,
        place=understood.place,
        site=understood.site,
        language=understood.language,
        since=understood.since,
        until=understood.until,
    )


def _may_see(request: StaffRequest, find: Find) -> None:
    person = request.person
    if find.place is None:
        return
    if not any(
        person.may(permission, place_id=find.place)
        for permission in ("comment.read", "comment.read_masked")
    ):
        refuse(request, "comment.read_masked", ("people.place", str(find.place)))


def _parts(understood: Understood, person: Person, today: date) -> list[tuple[str, str]]:
    """(name, value) of everything that was understood."""
    catalogue = measures(person.organisation_id, on=today)
    measure = catalogue.get(understood.measure)
    comments = understood.wants == "comments"
    said: list[tuple[str, str]] = [
        (_("You want"), _("comments") if comments else _("figures")),
        (_("About"), _about(understood, measure.title if measure else "")),
        (_("Place"), _place_name(understood, person)),
        (_("Kind of place"), _kind_words(understood.kind)),
        (_("Language"), language_names().get(understood.language, "")),
        (_("Feeling"), mood_words().get(understood.mood, "")),
        (_("Side by side by"), str(dimension_words().get(understood.by, ""))),
        (_("Turned"), {"worse": _("worse"), "better": _("better")}.get(understood.only, "")),
        (_("When"), period_words(Find(since=understood.since, until=understood.until))),
    ]
    return [(name, value) for name, value in said if value]


def _about(understood: Understood, measure: str) -> str:
    if understood.wants == "figures":
        return measure or _("the overall rating")
    return theme_name(understood.theme) if understood.theme else _("anything")


def _kind_words(kind: str) -> str:
    return {"ward": _("wards"), "clinic": _("clinics"), "desk": _("desks")}.get(kind, "")


def _place_name(understood: Understood, person: Person) -> str:
    wanted = {"place": understood.place, "site": understood.site}
    known = names(person, date.max)
    return next((each.name for each in known if each.code == str(wanted.get(each.kind) or "-")), "")


def _find_chips(find: Find, person: Person) -> list[dict[str, str]]:
    return find_chips(find, "", {}, organisation_id=person.organisation_id)


def _texts(ids: set[int], person: Person) -> dict[int, Any]:
    found = Comment.objects.visible_to(person).filter(pk__in=ids)
    return {each.comment.pk: each for each in told(found, person)}


def _note_sent(person: Person, find: Find, count: int) -> None:
    """That masked comments left for the answering program, how many, under which question."""
    asked = digest(replace(find, words="").query(), "comment-search")[:16]
    with acting(person.actor, at=timezone.now()) as trail:
        trail.write("summary_asked", ("comment_list", asked), count=count)


def _model() -> str:
    from django.conf import settings

    return str(settings.ANSWER_MODEL)


def _examples(person: Person) -> list[str]:
    place = Place.objects.of(person.organisation_id).open().within(person.places("measure.read"))
    first = place.order_by("kind", "name").last()
    return [
        f"How is {first.name if first else 'Ward 7'} doing on call bells since March?",
        "Which clinics got worse on waiting?",
        "What do Spanish speakers say about nurses?",
        "Compare respect by language",
        "What did people praise last month?",
        "¿Qué clínicas empeoraron en tiempos de espera?",
        "ماذا يقول الناس عن الطعام؟",
    ]
