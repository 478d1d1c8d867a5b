"""What cases show on the pages of comments, patients and messages."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from wellheard.channels.mailbox.models import IncomingMail
from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.models import Comment
from wellheard.people.access.person import Person
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Place
from wellheard.resolve.complaints.actions.mail import inbound_key
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.presenters.panels import line_of
from wellheard.resolve.complaints.queries.fairness import fairness_policy, process_gaps
from wellheard.understand.equity.presenters import attribute_tables
from wellheard.understand.scores.queries import organisation_day
from wellheard.understand.themes.models import ThemeLabel

_MOST = 20


def comment_case(request: HttpRequest, subject: object) -> str:
    """The case in which a comment is handled."""
    if not isinstance(subject, Comment):
        return ""
    return _drawn(request, Q(said__comment=subject))


def patient_cases(request: HttpRequest, subject: object) -> str:
    """What a patient has brought to us, newest first."""
    if not isinstance(subject, Patient):
        return ""
    return _drawn(request, Q(patient=subject))


def message_case(request: HttpRequest, subject: object) -> str:
    """The case a message is about."""
    if not isinstance(subject, Message) or subject.about_kind != "case":
        return ""
    return _drawn(request, Q(pk=int(subject.about_id)))


def mail_case(request: HttpRequest, subject: object) -> str:
    """The case a mail came to."""
    if not isinstance(subject, IncomingMail) or subject.inbound_id is None:
        return ""
    return _drawn(request, Q(said__comment__submission_key=inbound_key(subject.inbound_id)))


def fair_process(request: HttpRequest, subject: object) -> str:
    """Whether people of every language are answered alike, on the equity page."""
    person: Person | None = getattr(request, "person", None)
    if person is None or not person.may("review.read"):
        return ""
    today = organisation_day(person.organisation_id, timezone.now())
    processes = [
        {
            "title": each.measure.title,
            "says": each.measure.says,
            "table": attribute_tables(each.measure, [each.gaps])[0],
        }
        for each in process_gaps(person.organisation_id, until=today)
    ]
    page = {"processes": processes, "policy": fairness_policy().name}
    return render_to_string("complaints/fairness_panel.html", page, request=request)


def received_at_place(
    request: HttpRequest, subject: tuple[Place, datetime, datetime, str]
) -> list[tuple[datetime, bool]] | None:
    """When each case about a place was received in [start, end), and whether what was said is
    about a theme; None for who may not read the place's cases. Cases this person may not see are
    not counted."""
    place, start, end, theme = subject
    person: Person | None = getattr(request, "person", None)
    if person is None or not person.may("case.read", place_id=place.pk):
        return None
    labelled = ThemeLabel.objects.filter(comment=OuterRef("comment"), theme=theme, holds=True)
    cases = Case.objects.visible_to(person).counted()
    rows = cases.filter(place=place, received_at__gte=start, received_at__lt=end)
    return list(rows.annotate(told=Exists(labelled)).values_list("received_at", "told"))


def _drawn(request: HttpRequest, which: Q) -> str:
    person: Person | None = getattr(request, "person", None)
    if person is None or not person.may("case.read"):
        return ""
    now = timezone.now()
    found = (
        Case.objects.visible_to(person)
        .filter(which)
        .select_related("place", "site", "organisation", "owner", "pack")
        .prefetch_related("clocks")
        .distinct()
        .order_by("-received_at")[:_MOST]
    )
    lines = [line_of(case, now) for case in found]
    if not lines:
        return ""
    return render_to_string("complaints/panel.html", {"lines": lines}, request=request)
