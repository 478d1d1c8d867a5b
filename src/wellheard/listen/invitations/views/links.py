"""Making a single-use link, to hand over on a tablet or to send by hand."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wellheard.base.pages.panels import panels
from wellheard.listen.invitations.actions import invite
from wellheard.listen.invitations.forms import LinkForm
from wellheard.listen.invitations.identifiable import SHOWN_FROM, Promised, exposures, promised
from wellheard.listen.posters.sheets import qr_svg
from wellheard.listen.surveys.instruments import codes
from wellheard.people.access.doors import StaffRequest, requires

_NAMES = {
    "": gettext_lazy("As it is kept"),
    "place_id": gettext_lazy("Without the place"),
    "month": gettext_lazy("Without the month"),
    "language": gettext_lazy("Without the language"),
    "mode": gettext_lazy("Without the way it came"),
    "age_band": gettext_lazy("Without the age band"),
    "sex": gettext_lazy("Without the sex"),
    "ethnicity": gettext_lazy("Without the ethnicity"),
    "payer": gettext_lazy("Without the payer"),
}


@requires("survey.change")
def known_again(request: StaffRequest, code: str) -> HttpResponse:
    """How many answers could be matched to a person by what is kept beside them."""
    if code not in codes(request.person.organisation_id):
        raise Http404
    found = exposures(request.person, code)
    lines = [
        {
            "name": _NAMES[each.without],
            "groups": each.groups,
            "few": _("fewer than 10") if each.few is None else each.few,
            "share": ""
            if each.few is None or not each.responses
            else f"{100 * each.few / each.responses:.0f} %",
        }
        for each in found
    ]
    responses = found[0].responses
    trail = [
        {"label": _("Questions"), "url": reverse("surveys:instruments")},
        {"label": code, "url": reverse("surveys:instrument", args=[code])},
    ]
    everywhere = request.person.places("comment.read") is None
    under_promise = promised(request.person.organisation_id, code) if everywhere else None
    context = {
        "lines": lines if responses >= SHOWN_FROM else [],
        "n": responses,
        "promised": under_promise and _promised_facts(under_promise),
        "panels": panels("invitations.known_again", request, code),
        "trail": trail,
    }
    return render(request, "invitations/known_again.html", context)


def _promised_facts(found: Promised) -> list[tuple[str, str]]:
    smallest = str(found.smallest) if found.gone else "–"
    return [
        (_("Waiting for others"), few_words(found.waiting)),
        (_("Of them beside fewer than five of their place"), few_words(found.few)),
        (_("Gone on together"), few_words(found.gone)),
        (_("Times that answers went on"), str(found.batches)),
        (_("Fewest who share all that is kept beside an answer"), smallest),
    ]


def few_words(count: int) -> str:
    """A count of people, where 1 to 9 are not told from one another."""
    return _("fewer than 10") if 0 < count < SHOWN_FROM else str(count)


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
        anonymous=form.cleaned_data["anonymous"],
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
