"""The preference centre: opened by the secret link that every message carries."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import record_read
from wellheard.people.access.doors import public
from wellheard.people.patients.models import Patient
from wellheard.people.preferences.actions import start_again, stop_everything
from wellheard.people.preferences.forms import TOPICS
from wellheard.people.preferences.presenters import overview
from wellheard.people.preferences.queries import patient_by_secret

PatientView = Callable[[HttpRequest, Patient, str], HttpResponse]
WHY = "whoever holds the secret link may change how we write to that patient"


def opened(view: PatientView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Gives the view the patient whose link it is; a page that says so when it is nobody's."""

    @public(WHY)
    @wraps(view)
    def found(request: HttpRequest, secret: str) -> HttpResponse:
        patient = patient_by_secret(secret)
        if patient is None:
            return render(request, "preferences/unknown.html", status=404)
        return view(request, patient, secret)

    return found


def acts_as(patient: Patient) -> Actor:
    """The patient, as the one who does what is asked on these pages."""
    return Actor.patient(patient.organisation_id, patient.reference)


@require_GET
@opened
def centre(request: HttpRequest, patient: Patient, secret: str) -> HttpResponse:
    """Everything the patient wants, each with a link to change it."""
    now = timezone.now()
    record_read(acts_as(patient), patient, at=now, page="preferences")
    context = {
        "overview": overview(patient, secret, now),
        "secret": secret,
        "organisation": patient.organisation,
        "stop_url": reverse("preferences:stop", args=[secret]),
        "saved": "saved" in request.GET,
        "offered_languages": patient.organisation.languages,
    }
    return render(request, "preferences/centre.html", context)


@require_http_methods(["GET", "POST"])
@public(WHY)
def topic(request: HttpRequest, secret: str, topic: str) -> HttpResponse:
    """One question; its answer counts from the next message on."""
    if topic not in TOPICS:
        raise Http404(topic)
    return _topic_views[topic](request, secret)


def _asking(name: str) -> Callable[[HttpRequest, str], HttpResponse]:
    def ask(request: HttpRequest, patient: Patient, secret: str) -> HttpResponse:
        now = timezone.now()
        form = TOPICS[name](patient, request.POST or None, at=now)
        if request.method == "POST" and form.is_valid():
            form.keep(by=acts_as(patient), at=now)
            return _saved(patient, secret)
        context = {
            "form": form,
            "back_url": reverse("preferences:centre", args=[secret]),
            "organisation": patient.organisation,
            "offered_languages": patient.organisation.languages,
        }
        return render(request, "preferences/topic.html", context)

    return opened(ask)


_topic_views = {name: _asking(name) for name in TOPICS}


def _saved(patient: Patient, secret: str) -> HttpResponseRedirect:
    # In the language chosen a moment ago, which need not be that of the page left behind.
    with translation.override(patient.language):
        return HttpResponseRedirect(reverse("preferences:centre", args=[secret]) + "?saved")


@require_http_methods(["GET", "POST"])
@opened
def stop(request: HttpRequest, patient: Patient, secret: str) -> HttpResponse:
    """Asks once, then stops every message."""
    if request.method == "POST":
        stop_everything(patient=patient, by=acts_as(patient), at=timezone.now())
        return redirect("preferences:centre", secret)
    context = {
        "back_url": reverse("preferences:centre", args=[secret]),
        "organisation": patient.organisation,
        "offered_languages": patient.organisation.languages,
    }
    return render(request, "preferences/stop.html", context)


@require_POST
@opened
def start(request: HttpRequest, patient: Patient, secret: str) -> HttpResponse:
    """Opens the contacts again and asks what we may write about: nothing is agreed anew unasked."""
    start_again(patient=patient, by=acts_as(patient), at=timezone.now())
    return redirect("preferences:topic", secret, "purposes")


@csrf_exempt
@require_POST
@opened
def one_click(request: HttpRequest, patient: Patient, secret: str) -> HttpResponse:
    """RFC 8058: a mail program's own "unsubscribe" button. It has no page, so no CSRF token."""
    at: datetime = timezone.now()
    stop_everything(patient=patient, by=acts_as(patient), at=at)
    return HttpResponse(_("You will get no more messages from us."), content_type="text/plain")
