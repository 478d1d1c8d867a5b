"""Themes for programs: counts at the places whose comments the person may read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from wellheard.people.access.person import Person
from wellheard.understand.themes.queries import rising_themes, theme_counts
from wellheard.understand.themes.vocabulary import theme_name

router = Router(tags=["themes"])


class ThemeOut(Schema):
    """How often a theme came up in the last eight weeks and in the 26 weeks before."""

    theme: str
    name: str
    recent: int
    before: int
    praise: int
    trouble: int
    weekly: list[int]
    rising: bool


class RiseOut(Schema):
    """A theme that comes up more at one place, with its chance of being luck."""

    place: int
    theme: str
    recent: int
    recent_of: int
    before: int
    before_of: int
    p: float


@router.get("", response=list[ThemeOut], summary="What comments are about")
def list_themes(request: HttpRequest, place: int | None = None) -> list[dict[str, Any]]:
    """Themes of all places the person may read comments of, or of one of them."""
    person = _person(request)
    places = _reach(person) if place is None else frozenset({place})
    if place is not None and not _may(person, place):
        raise PermissionDenied("comment.read_masked")
    counts = theme_counts(person.organisation_id, places, now=timezone.now())
    return [
        {
            "theme": each.theme,
            "name": theme_name(each.theme),
            "recent": each.recent,
            "before": each.before,
            "praise": each.praise,
            "trouble": each.trouble,
            "weekly": list(each.weekly),
            "rising": each.rise is not None,
        }
        for each in counts
    ]


@router.get("/rising", response=list[RiseOut], summary="Themes that rise")
def list_rising(request: HttpRequest) -> list[dict[str, Any]]:
    """Themes that come up more than before, of each place by itself."""
    person = _person(request)
    rises = rising_themes(person.organisation_id, _reach(person), now=timezone.now())
    return [
        {
            "place": int(rise.counted.key[0]),
            "theme": str(rise.counted.key[1]),
            "recent": rise.counted.recent,
            "recent_of": rise.counted.recent_of,
            "before": rise.counted.before,
            "before_of": rise.counted.before_of,
            "p": round(rise.p, 6),
        }
        for rise in rises
    ]


def _person(request: HttpRequest) -> Person:
    person: Person | None = getattr(request, "person", None)
    if person is None or not (person.may("comment.read_masked") or person.may("comment.read")):
        raise PermissionDenied("comment.read_masked")
    return person


def _reach(person: Person) -> frozenset[int] | None:
    full, masked = person.places("comment.read"), person.places("comment.read_masked")
    return None if full is None or masked is None else full | masked


def _may(person: Person, place: int) -> bool:
    return any(
        person.may(permission, place_id=place)
        for permission in ("comment.read", "comment.read_masked")
    )
