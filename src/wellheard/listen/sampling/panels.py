"""What the homes show of listening itself: alarms stand there until they are over."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.listen.posters.models import PosterAlarm
from wellheard.listen.sampling.models import FeedAlarm
from wellheard.listen.sampling.presenters import feed_name, unnamed_counts
from wellheard.listen.sampling.reach import plans_of
from wellheard.people.access.doors import StaffRequest
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place

_NAMED = 5


def on_home(request: HttpRequest, person: Person) -> str:
    """Feeds that fell silent and posters that need a look; nothing on a quiet day."""
    feeds = FeedAlarm.objects.none()
    if person.may("collection.read"):
        feeds = FeedAlarm.objects.filter(organisation_id=person.organisation_id, closed_at=None)
    posters = PosterAlarm.objects.none()
    if person.may("poster.print"):
        posters = PosterAlarm.objects.filter(organisation_id=person.organisation_id, closed_at=None)
        places = person.places("poster.print")
        posters = posters if places is None else posters.filter(place_id__in=places)
    return _drawn(request, list(feeds), posters.count())


def on_place(request: StaffRequest, place: Place) -> str:
    """The same of one place, for whoever may print its poster."""
    person = request.person
    if not person.may("poster.print", place_id=place.pk):
        return ""
    return _drawn(request, [], PosterAlarm.objects.filter(place=place, closed_at=None).count())


def known_again(request: StaffRequest, code: str) -> str:
    """The anonymous plans that ask with an instrument: how many were asked, how many links were
    used, and of how many something goes on with the answers."""
    person = request.person
    if not person.may("sample.read"):
        return ""
    plans = plans_of(person).filter(anonymous=True, instrument=code)
    lines = [{"plan": plan, **unnamed_counts(plan, person)} for plan in plans]
    return render_to_string("sampling/known_again.html", {"lines": lines}) if lines else ""


def _drawn(request: HttpRequest, feeds: list[FeedAlarm], posters: int) -> str:
    if not feeds and not posters:
        return ""
    context = {
        "feeds": [{"name": feed_name(each.feed), "alarm": each} for each in feeds[:_NAMED]],
        "others": max(0, len(feeds) - _NAMED),
        "posters": posters,
    }
    return render_to_string("sampling/on_home.html", context, request)
