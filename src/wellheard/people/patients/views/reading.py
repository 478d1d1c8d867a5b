"""Finding a patient and looking at their page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wellheard.base.audit.trail import record_read
from wellheard.base.pages.panels import panels
from wellheard.base.vault.sealing import digest
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.queries import open_glass, rulings_on
from wellheard.people.patients.doors import visible_patient
from wellheard.people.patients.forms import ContactForm, DeathForm, HideForm, SearchForm
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.patients.queries import masked_contact, name_to_greet, sought
from wellheard.people.places.models import Organisation

MANY = 50


@require_http_methods(["GET", "POST"])
@requires("patient.read")
def search(request: StaffRequest) -> HttpResponse:
    """By reference or contact. Sent by POST: what is typed must not stay in any address."""
    form = SearchForm(request.POST or None)
    found: list[dict[str, str]] | None = None
    if request.method == "POST" and form.is_valid():
        found = _found(request, form.cleaned_data["sought"])
    context = {"form": form, "found": found, "may_break": request.person.may("breakglass.invoke")}
    return render(request, "patients/search.html", context)


def _found(request: StaffRequest, text: str) -> list[dict[str, str]]:
    organisation = Organisation.objects.get(pk=request.person.organisation_id)
    patients = list(sought(organisation, text).visible_to(request.person)[:MANY])  # type: ignore[attr-defined]  # the manager's own queryset
    what = ("patient_search", digest(text, "search")[:16])
    record_read(request.person.actor, what, at=timezone.now(), count=len(patients))
    return [
        {
            "name": name_to_greet(patient) or _("Name not known"),
            "reference": patient.reference,
            "url": reverse("patients:patient", args=[patient.pk]),
        }
        for patient in patients
    ]


@require_GET
@requires("patient.read")
def patient(request: StaffRequest, patient_id: int) -> HttpResponse:
    """Everything the house knows of a patient, on one page."""
    found = visible_patient(request, patient_id, "patient.read")
    now = timezone.now()
    glass = open_glass(request.person, found.pk, now=now)
    record_read(request.person.actor, found, at=now, **({"glass": glass.pk} if glass else {}))
    return render(request, "patients/patient.html", _page(request, found) | {"glass": glass})


def _page(request: StaffRequest, found: Patient) -> dict[str, Any]:
    # Broken glass opens a record to be read, not to be changed.
    manages = (
        request.person.may("patient.manage") and found.pk not in request.person.opened_patients
    )
    return {
        "patient": found,
        "name": name_to_greet(found) or _("Name not known"),
        "facts": _facts(found),
        "contacts": [_contact(point, full=manages) for point in found.contacts.order_by("pk")],
        "manages": manages,
        "contact_form": ContactForm(found.organisation.country),
        "death_form": DeathForm(timezone.localdate()),
        "hide_form": HideForm(found.organisation_id),
        "hidden_from": rulings_on(found.organisation_id, now=timezone.now(), patient_id=found.pk),
        "panels": panels("patients.page", request, found),
        "trail": [
            {"label": _("Patients"), "url": reverse("patients:search")},
            {"label": found.reference, "url": ""},
        ],
    }


def _facts(found: Patient) -> list[tuple[str, Any]]:
    places = [one.place.name for one in found.known_places.select_related("place")]
    return [
        (_("Reference"), found.reference),
        (_("Full name"), found.name or _("not known")),
        (_("Wants to be called"), found.preferred_name or _("not said")),
        (_("Pronouns"), found.pronouns or _("not said")),
        (_("Language"), dict(settings.LANGUAGES).get(found.language, found.language)),
        (_("Known at"), ", ".join(places) or _("no place yet")),
    ]


def _contact(point: ContactPoint, *, full: bool) -> dict[str, Any]:
    return {"point": point, "value": point.value if full else masked_contact(point)}
