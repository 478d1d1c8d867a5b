"""Where a person lands: on what is theirs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.person import Person
from wellheard.prove.boards.presenters import address
from wellheard.prove.boards.queries import places_of
from wellheard.prove.boards.views.overview import overview_page
from wellheard.prove.boards.views.roles import analysis_page, lead_page


@requires("home.read")
def home(request: StaffRequest) -> HttpResponseBase:
    """Their place, their inbox, the organisation: by what they hold, not by a menu."""
    for role, landing in _LANDINGS:
        if request.person.has_role(role) and (url := landing(request.person)):
            return redirect(url)
    if request.person.has_role("px_specialist"):
        return lead_page(request)
    if request.person.has_role("analyst"):
        return analysis_page(request)
    if request.person.may("review.read"):
        return overview_page(request)
    if request.person.may("place.read"):
        return redirect("boards:places")
    return render(request, "boards/nothing.html")


def _place(person: Person) -> str:
    mine = list(places_of(person)[:2])
    return address("boards:place", mine[0].pk) if len(mine) == 1 else address("boards:places")


def _to(route: str) -> Callable[[Person], str]:
    return lambda person: address(route)


_LANDINGS: tuple[tuple[str, Callable[[Person], str]], ...] = (
    ("nurse_manager", _place),
    ("grievance_officer", _to("complaints:inbox")),
    ("auditor", _to("access:audit")),
    ("administrator", _to("staff:people")),
    ("front_desk", _to("boards:places")),
)
