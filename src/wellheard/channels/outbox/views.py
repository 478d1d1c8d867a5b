"""Sent messages: the list, one message with its history, and taking up or cancelling it."""

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
from wellheard.channels.outbox.actions import MessageStateError, cancel_message, retry_message
from wellheard.channels.outbox.forms import MessageFilters
from wellheard.channels.outbox.lastlook import outgoing_text
from wellheard.channels.outbox.models import Message, MessageQuerySet
from wellheard.channels.outbox.presenters import (
    NEEDS_A_PERSON,
    about_label,
    history,
    purpose_label,
    rows_of,
    size_label,
    state_of_code,
    template_label,
    way_label,
    why,
    without_keys,
)
from wellheard.channels.outbox.rulebook import contact_rules, rule_source
from wellheard.channels.outbox.rules import ContactRules, may_cancel, may_retry
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.patients.queries import masked_contact
from wellheard.people.preferences.queries import preference_of
from wellheard.people.staff.models import User

PAGE_SIZE = 50


@requires("message.read")
@require_GET
def messages(request: StaffRequest) -> HttpResponse:
    """The list, newest first; without the words, which one message's own page shows."""
    person = request.person
    visible = Message.objects.visible_to(person).with_state()
    filters = MessageFilters(request.GET, person=person)
    attention = request.GET.get("show") == "attention"
    narrowed = filters.narrow(visible)
    shown = narrowed.standing(*NEEDS_A_PERSON) if attention else narrowed
    page = Paginator(
        shown.with_way().select_related("patient", "place").order_by("-queued_at", "-pk"), PAGE_SIZE
    ).get_page(request.GET.get("page"))
    record_read(
        person.actor, ("message_list", str(page.number)), at=timezone.now(), count=len(page)
    )
    context = {
        "filters": filters,
        "attention": attention,
        "page": page,
        "rows": rows_of(page),
        "tabs": _tabs(attention, visible),
    }
    return render(request, "outbox/messages.html", context)


def _tabs(attention: bool, visible: MessageQuerySet) -> list[dict[str, Any]]:
    waiting = visible.standing(*NEEDS_A_PERSON).count()
    return [
        {"label": _("All"), "url": "?", "current": not attention},
        {
            "label": _("To look at"),
            "url": "?show=attention",
            "current": attention,
            "count": waiting,
        },
    ]


@requires("message.read")
@require_GET
def message(request: StaffRequest, message_id: int) -> HttpResponse:
    """One message, whole: its words, why it stands where it stands, and what happened to it."""
    found = _found(request, message_id)
    record_read(request.person.actor, found, at=timezone.now())
    return render(request, "outbox/message.html", _page(request, found))


def _found(request: StaffRequest, message_id: int) -> Any:
    visible = Message.objects.visible_to(request.person).with_state()
    found = visible.select_related("organisation", "patient", "place").filter(pk=message_id).first()
    if found is None:
        raise Http404
    return found


def _page(request: StaffRequest, found: Any) -> dict[str, Any]:
    rules = contact_rules(found.organisation.country, timezone.now().date())
    attempts = list(
        found.attempts.select_related("contact").prefetch_related("receipts").order_by("number")
    )
    decisions = list(found.decisions.order_by("pk"))
    zone = preference_of(found.patient_id).zone
    channel = attempts[-1].channel if attempts else found.channel
    may = _may_send(request, found)
    return {
        "message": found,
        "heading": template_label(found.template),
        "trail": [
            {"label": _("Sent messages"), "url": reverse("outbox:messages")},
            {"label": found.patient.reference},
        ],
        "notice_kind": "info" if found.state == "held" else "attention",
        "state": state_of_code(found.state),
        "reason": why(decisions[-1], rules, zone) if decisions and _is_stuck(found) else "",
        "source": rule_source(rules, decisions[-1].rule) if decisions else "",
        "facts": _facts(found, attempts),
        "texts": _texts(found, channel, rules),
        "history": history(
            found, decisions, attempts, rules, zone=zone, names=_names(found, decisions)
        ),
        "panels": panels("outbox.message", request, found),
        "may_retry": may and may_retry(found.state),
        "may_cancel": may and may_cancel(found.state),
    }


def _is_stuck(found: Any) -> bool:
    return found.state in ("held", "refused", "gave_up")


def _may_send(request: StaffRequest, found: Message) -> bool:
    case = found.about_id if found.about_kind == "case" and found.about_id.isdecimal() else None
    return request.person.may(
        "message.send", place_id=found.place_id, case_id=int(case) if case else None
    )


def _texts(found: Message, channel: str, rules: ContactRules) -> list[dict[str, Any]]:
    """The words as they left, or would leave: both forms while the way is still open."""
    ways = [channel] if channel else (["email", "sms"] if found.short else ["email"])
    return [_text(found, way, outgoing_text(found, way, rules)) for way in ways]


def _text(found: Message, way: str, words: str) -> dict[str, Any]:
    return {
        "way": way_label(way),
        "subject": found.subject if way == "email" else "",
        "text": without_keys(words),
        "size": size_label(words) if way == "sms" else "",
    }


def _facts(found: Message, attempts: list[Any]) -> list[tuple[str, str]]:
    contact = attempts[-1].contact if attempts else None
    channel = attempts[-1].channel if attempts else found.channel
    return [
        (_("Patient"), found.patient.reference if found.patient else ""),
        (_("Way"), way_label(channel)),
        (_("Sent to"), masked_contact(contact) if contact else _("Nowhere yet")),
        (_("Why we write"), purpose_label(found.purpose)),
        (_("About"), about_label(found) or _("Nothing in particular")),
        (_("Place"), found.place.name if found.place else _("No place")),
        (_("Urgent"), _("Yes") if found.urgent else _("No")),
        (_("Wording"), f"{found.template}, {_('version')} {found.version}, {found.language}"),
    ]


def _names(found: Message, decisions: list[Any]) -> dict[str, str]:
    refs = {decision.by_ref for decision in decisions if decision.by_kind == "staff"}
    if found.queued_by_kind == "staff":
        refs.add(found.queued_by_ref)
    users = User.objects.filter(
        organisation_id=found.organisation_id, pk__in=[ref for ref in refs if ref.isdecimal()]
    )
    return {str(user.pk): user.name for user in users}


@requires("message.send")
@require_POST
def retry(request: StaffRequest, message_id: int) -> HttpResponse:
    """Take the message up again."""
    found = _to_change(request, message_id)
    try:
        retry_message(found.pk, by=request.person.actor, at=timezone.now())
    except MessageStateError:
        flash.warning(request, _("Nothing was done: meanwhile the message has moved on."))
    else:
        flash.success(request, _("The message is on its way again. The rules are asked anew."))
    return redirect("outbox:message", message_id=found.pk)


@requires("message.send")
@require_POST
def cancellation(request: StaffRequest, message_id: int) -> HttpResponse:
    """Stop the message."""
    found = _to_change(request, message_id)
    try:
        cancel_message(found.pk, by=request.person.actor, at=timezone.now())
    except MessageStateError:
        flash.warning(request, _("It could not be stopped: it is leaving or has left."))
    else:
        flash.success(request, _("The message is cancelled and will not be sent."))
    return redirect("outbox:message", message_id=found.pk)


def _to_change(request: StaffRequest, message_id: int) -> Any:
    """The message, if the person may both see it and send it; a refusal is audited."""
    if not request.person.may("message.read"):
        refuse(request, "message.read", ("channels.message", str(message_id)))
    found = _found(request, message_id)
    if not _may_send(request, found):
        refuse(request, "message.send", ("channels.message", str(message_id)))
    return found
