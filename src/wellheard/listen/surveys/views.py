"""The item bank: what we ask, in which words, since when, and the changes that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.pages.panels import panels
from wellheard.listen.surveys import actions, changes
from wellheard.listen.surveys.forms import DecisionForm, NewItemForm, RetireForm, RewordForm
from wellheard.listen.surveys.instruments import (
    NoInstrumentError,
    codes,
    definition,
    instrument,
    versions,
)
from wellheard.listen.surveys.logic import InstrumentError
from wellheard.listen.surveys.models import InstrumentProposal
from wellheard.listen.surveys.presenters import item_lines, official_words, version_lines
from wellheard.listen.surveys.rules import Instrument, Item
from wellheard.people.access.doors import StaffRequest, requires


@require_GET
@requires("survey.read")
def instruments(request: StaffRequest) -> HttpResponse:
    """The instruments, and what waits for a second person."""
    home = request.person.organisation_id
    found = [instrument(code, organisation_id=home) for code in codes(home)]
    lines = [
        {
            "title": _title(each),
            "code": each.code,
            "version": each.version,
            "since": each.effective_from,
            "items": len(each.items),
            "owner": each.owner,
            "official": each.is_official,
            "url": reverse("surveys:instrument", args=[each.code]),
        }
        for each in found
    ]
    lines.sort(key=lambda line: (bool(line["official"]), str(line["title"])))
    context = {
        "lines": lines,
        "waiting": _waiting(request),
        "changes": request.person.may("survey.change"),
    }
    return render(request, "surveys/instruments.html", context)


@require_GET
@requires("survey.read")
def one(request: StaffRequest, code: str) -> HttpResponse:
    """One instrument: its items, its versions, its open change."""
    asked = request.GET.get("version", "")
    home = request.person.organisation_id
    found = _instrument_or_404(request, code, int(asked) if asked.isdecimal() else None)
    known = versions(code, organisation_id=home)
    context = {
        "instrument": found,
        "newest": max(known),
        "lines": item_lines(found, get_language() or "en"),
        "versions": version_lines(known, reverse("surveys:instrument", args=[code])),
        "waiting": [each for each in _waiting(request) if each.code == code],
        "title": _title(found),
        "changes": request.person.may("survey.change")
        and found.version == max(known)
        and not found.is_official,
        "begins_next": request.person.may("survey.change") and not found.is_official,
        "official_words": official_words(),
        "unconfirmed": sum(item.status == "unconfirmed" for item in found.items),
        "reviewed": list(found.reviewed.items()),
        "panels": panels("surveys.instrument", request, found),
        "trail": _trail(found),
    }
    return render(request, "surveys/instrument.html", context)


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def reword(request: StaffRequest, code: str, item: str) -> HttpResponse:
    """Propose other words for an item."""
    found = _instrument_or_404(request, code)
    asked = _item_or_404(found, item)
    form = RewordForm(request.POST or None, instrument=found, item=asked)
    return _proposed(
        request,
        found,
        form,
        _("Change the words"),
        lambda data: changes.reworded(data, item, form.words()),
    )


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def retire(request: StaffRequest, code: str, item: str) -> HttpResponse:
    """Propose to ask an item no longer."""
    found = _instrument_or_404(request, code)
    _item_or_404(found, item)
    form = RetireForm(request.POST or None)
    return _proposed(
        request, found, form, _("Ask this no longer"), lambda data: changes.without(data, item)
    )


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def add(request: StaffRequest, code: str) -> HttpResponse:
    """Propose a further item."""
    found = _instrument_or_404(request, code)
    form = NewItemForm(request.POST or None, instrument=found)
    return _proposed(
        request,
        found,
        form,
        _("Ask something more"),
        lambda data: changes.with_item(
            data,
            code=form.cleaned_data["code"],
            scale=form.cleaned_data["scale"],
            words=form.words(),
        ),
    )


@require_POST
@requires("survey.change")
def decide(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """Approve or decline a change somebody else proposed."""
    proposal = InstrumentProposal.objects.filter(
        organisation_id=request.person.organisation_id, pk=proposal_id
    ).first()
    if proposal is None:
        raise Http404
    form = DecisionForm(request.POST)
    form.is_valid()
    approved = request.POST.get("decision") == "approve"
    try:
        actions.decide_version(
            proposal=proposal,
            approved=approved,
            note=form.cleaned_data.get("note", ""),
            by=request.person.actor,
            at=timezone.now(),
        )
    except actions.OwnProposalError:
        messages.error(request, _("Nobody approves their own change. Ask a colleague."))
    except actions.AlreadyDecidedError:
        messages.error(request, _("Somebody has decided about this change before."))
    else:
        words = (
            _("The new version counts from today.") if approved else _("The change was declined.")
        )
        messages.success(request, words)
    if not versions(proposal.code, organisation_id=request.person.organisation_id):
        return redirect("surveys:instruments")
    return redirect("surveys:instrument", proposal.code)


def _proposed(
    request: StaffRequest,
    found: Instrument,
    form: forms.Form,
    heading: str,
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> HttpResponse:
    """Propose the change a form describes, or show the form (again)."""
    if request.method == "POST" and form.is_valid():
        home = request.person.organisation_id
        try:
            actions.propose_version(
                changed=change(definition(found.code, found.version, organisation_id=home)),
                reason=form.cleaned_data["reason"],
                by=request.person.actor,
                at=timezone.now(),
            )
        except actions.OfficialError:
            form.add_error(None, official_words())
        except actions.OpenProposalError:
            form.add_error(None, _("Another change waits for its decision. Decide that one first."))
        except InstrumentError:
            form.add_error(None, _("Another question depends on this one. Change that one first."))
        else:
            messages.success(request, _("A colleague has to approve it before it counts."))
            return redirect("surveys:instrument", found.code)
    context = {"form": form, "heading": heading, "trail": _trail(found), "instrument": found}
    return render(request, "surveys/change.html", context, status=422 if form.errors else 200)


def _waiting(request: StaffRequest) -> list[InstrumentProposal]:
    rows = InstrumentProposal.objects.select_related("proposed_by").filter(
        organisation_id=request.person.organisation_id, decision=None
    )
    return list(rows.order_by("proposed_at"))


def _instrument_or_404(request: StaffRequest, code: str, version: int | None = None) -> Instrument:
    try:
        return instrument(code, version, organisation_id=request.person.organisation_id)
    except NoInstrumentError as error:
        raise Http404 from error


def _item_or_404(found: Instrument, code: str) -> Item:
    try:
        return found.item(code)
    except KeyError as error:
        raise Http404 from error


def _title(found: Instrument) -> str:
    """Its title in the reader's language, else in the first it has."""
    return found.title.get(get_language() or "en") or next(iter(found.title.values()))


def _trail(found: Instrument) -> list[dict[str, str]]:
    return [
        {"label": _("Questions"), "url": reverse("surveys:instruments")},
        {
            "label": _title(found),
            "url": reverse("surveys:instrument", args=[found.code]),
        },
    ]
