"""Making a single-use link, to hand over on a tablet or to send by hand."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.listen.invitations.actions import invite
from wellheard.listen.invitations.forms import LinkForm
from wellheard.listen.posters.sheets import qr_svg
from wellheard.people.access.doors import StaffRequest, requires


@require_POST
@requires("survey.change")
def make(request: StaffRequest) -> HttpResponse:
    """The new link, shown once: it is stored nowhere in readable form."""
    form = LinkForm(request.POST, organisation_id=request.person.organisation_id)
    trail = [{"label": _("Questions"), "url": reverse("surveys:instruments")}]
    if not form.is_valid():
        context = {"form": form, "trail": trail}
        return render(request, "invitations/link.html", context, status=422)
    language = form.cleaned_data["language"]
    made = invite(
        place=form.cleaned_data["place"],
        instrument_code=form.cleaned_data["instrument"],
        language=language,
        by=request.person.actor,
        at=timezone.now(),
    )
    with translation.override(language):
        address = settings.ADDRESS + reverse("invitations:start", args=[made.token])
    context = {
        "address": address,
        "code": SafeString(qr_svg(address)),
        "invitation": made.invitation,
        "trail": trail,
    }
    return render(request, "invitations/link.html", context)
