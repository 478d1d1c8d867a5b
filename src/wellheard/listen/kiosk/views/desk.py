"""Setting up kiosks and ending them, for staff."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.listen.kiosk import actions
from wellheard.listen.kiosk.forms import KioskForm
from wellheard.listen.kiosk.models import Kiosk
from wellheard.listen.kiosk.presenters import state_words
from wellheard.listen.kiosk.queries import kiosks_of
from wellheard.listen.posters.sheets import qr_svg
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Place, PlaceQuerySet


@require_http_methods(["GET", "POST"])
@requires("kiosk.run")
def kiosks(request: StaffRequest) -> HttpResponse:
    """The kiosks of this person's places, and a form for another."""
    form = KioskForm(
        request.POST if request.method == "POST" else None,
        places=_places(request),
        organisation_id=request.person.organisation_id,
    )
    if request.method == "POST" and form.is_valid():
        place, touchpoint = form.spot_chosen()
        made = actions.make_kiosk(
            place=place,
            touchpoint=touchpoint,
            name=form.cleaned_data["name"],
            kind=form.cleaned_data["kind"],
            instrument=form.cleaned_data["instrument"],
            keeps_left=form.cleaned_data["keeps_left"],
            user_id=request.person.user_id,
            by=request.person.actor,
            at=timezone.now(),
        )
        return _secrets(request, made)
    lines = [{"line": line, "words": state_words(line.state)} for line in kiosks_of(request.person)]
    status = 422 if request.method == "POST" else 200
    return render(request, "kiosk/kiosks.html", {"form": form, "lines": lines}, status=status)


@require_POST
@requires("kiosk.run")
def renew(request: StaffRequest, kiosk_id: int) -> HttpResponse:
    """A new address and number; the device it was ends."""
    kiosk = _kiosk(request, kiosk_id)
    person = request.person
    made = actions.renew_kiosk(kiosk, user_id=person.user_id, by=person.actor, at=timezone.now())
    return _secrets(request, made)


@require_POST
@requires("kiosk.run")
def revoke(request: StaffRequest, kiosk_id: int) -> HttpResponse:
    """End it from afar."""
    kiosk, person = _kiosk(request, kiosk_id), request.person
    actions.revoke_kiosk(kiosk, user_id=person.user_id, by=person.actor, at=timezone.now())
    return redirect("kiosks:kiosks")


def _secrets(request: StaffRequest, made: actions.Made) -> HttpResponse:
    """What is shown once: it is stored nowhere in readable form."""
    with translation.override(made.kiosk.place.organisation.languages[0]):
        address = settings.ADDRESS + reverse("kiosk:set_up", args=[made.setup])
    context = {
        "kiosk": made.kiosk,
        "address": address,
        "code": SafeString(qr_svg(address)),
        "pin": f"{made.pin[:3]} {made.pin[3:]}",
        "trail": [{"label": _("Shared screens"), "url": reverse("kiosks:kiosks")}],
    }
    return render(request, "kiosk/made.html", context)


def _places(request: StaffRequest) -> PlaceQuerySet:
    person = request.person
    places = Place.objects.of(person.organisation_id).open()
    return places.within(person.places("kiosk.run")).select_related("site", "organisation")


def _kiosk(request: StaffRequest, kiosk_id: int) -> Kiosk:
    found = Kiosk.objects.filter(pk=kiosk_id, place__in=_places(request))
    kiosk = found.select_related("place__organisation", "invitation").first()
    if kiosk is None:
        raise Http404
    return kiosk
