"""What invitations show on the page of an instrument."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.listen.invitations.forms import LinkForm
from wellheard.listen.surveys.rules import Instrument
from wellheard.people.access.person import Person


def make_link(request: HttpRequest, subject: object) -> str:
    """The means to make a single-use link, for those who may ask patients."""
    person: Person | None = getattr(request, "person", None)
    if person is None or not isinstance(subject, Instrument) or not person.may("survey.change"):
        return ""
    form = LinkForm(organisation_id=person.organisation_id, initial={"instrument": subject.code})
    return render_to_string(
        "invitations/make_link.html", {"form": form, "code": subject.code}, request=request
    )
