"""Mail that came in: the list, one mail, and what a person decides about one set aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.base.pages.panels import panels
from wellheard.channels.mailbox.actions import leave_aside, take_as_persons
from wellheard.channels.mailbox.models import IncomingMail, IncomingMailQuerySet
from wellheard.channels.mailbox.presenters import (
    REASONS,
    facts_of,
    file_lines,
    problems_of,
    state_of,
    trouble_of,
)
from wellheard.channels.mailbox.queries import mailbox_states
from wellheard.people.access.doors import StaffRequest, requires

PAGE_SIZE = 50


@requires("message.read")
@require_GET
def mails(request: StaffRequest) -> HttpResponse:
    """The list, newest first; the words are on each mail's own page."""
    person = request.person
    visible = IncomingMail.objects.visible_to(person)
    aside = request.GET.get("show") == "aside"
    shown = visible.set_aside() if aside else visible
    found = shown.select_related("patient", "inbound").prefetch_related("files")
    page = Paginator(found.order_by("-arrived_at", "-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    record_read(person.actor, ("mail_list", str(page.number)), at=timezone.now(), count=len(page))
    whole = person.places("message.read") is None
    context = {
        "page": page,
        "aside": aside,
        "rows": [_row(each) for each in page],
        "tabs": _tabs(aside, visible),
        "trouble": trouble_of(mailbox_states(person.organisation_id)) if whole else [],
    }
    return render(request, "mailbox/mails.html", context)


def _row(mail: IncomingMail) -> dict[str, Any]:
    state, kind = state_of(mail)
    locked = any(file.state == "quarantined" for file in mail.files.all())
    return {
        "mail": mail,
        "state": state,
        "kind": kind,
        "reason": REASONS.get(mail.reason, ""),
        "files": len(mail.files.all()),
        "locked": locked,
    }


def _tabs(aside: bool, visible: IncomingMailQuerySet) -> list[dict[str, Any]]:
    return [
        {"label": _("All"), "url": "?", "current": not aside},
        {
            "label": _("To look at"),
            "url": "?show=aside",
            "current": aside,
            "count": visible.set_aside().count(),
        },
    ]


@requires("message.read")
@require_GET
def mail(request: StaffRequest, mail_id: int) -> HttpResponse:
    """One mail: what is new in it, everything that stood there, its files."""
    found = _found(request, mail_id)
    record_read(request.person.actor, found, at=timezone.now())
    state, kind = state_of(found)
    waits = found.reason != "" and found.inbound_id is None
    context = {
        "mail": found,
        "state": state,
        "kind": kind,
        "reason": REASONS.get(found.reason, ""),
        "facts": facts_of(found),
        "files": file_lines(list(found.files.order_by("pk"))),
        "problems": problems_of(found),
        "may_look": waits and request.person.may("message.send"),
        "may_leave": waits and found.looked_at is None,
        "panels": panels("mailbox.mail", request, found),
        "trail": [
            {"label": _("Mail that came in"), "url": reverse("mailbox:mails")},
            {"label": found.subject or _("Without a subject")},
        ],
    }
    return render(request, "mailbox/mail.html", context)


@requires("message.send")
@require_POST
def look(request: StaffRequest, mail_id: int) -> HttpResponse:
    """A person says whether a mail that was set aside was written by somebody."""
    found = _found(request, mail_id)
    by, now = request.person.actor, timezone.now()
    if request.POST.get("as") == "person":
        taken = take_as_persons(found.pk, by=by, at=now)
        if taken.inbound_id is None:
            flash.warning(request, _("It names no sender, so nobody could be answered."))
        else:
            flash.success(request, _("Taken in. It becomes a comment within a minute."))
    else:
        leave_aside(found.pk, by=by, at=now)
        flash.success(request, _("It stays set aside and no longer waits."))
    return redirect("mailbox:mail", mail_id=found.pk)


def _found(request: StaffRequest, mail_id: int) -> IncomingMail:
    visible = IncomingMail.objects.visible_to(request.person)
    found = visible.select_related("patient", "inbound", "organisation").filter(pk=mail_id).first()
    if found is None:
        raise Http404
    return found
