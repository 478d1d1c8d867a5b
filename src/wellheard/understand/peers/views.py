"""Peers: our figures beside theirs, exchanged as signed files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.vault.signatures import fingerprint
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Organisation, Place
from wellheard.understand.facts.slices import Month
from wellheard.understand.peers import actions, queries
from wellheard.understand.peers.forms import PackForm, PeerForm, PeriodForm
from wellheard.understand.peers.models import Peer
from wellheard.understand.peers.presenters import boards_of
from wellheard.understand.peers.rules import WHOLE, PackRefusedError

READ, EXCHANGE = "benchmark.read", "benchmark.exchange"


@require_GET
@requires(READ)
def peers(request: StaffRequest) -> HttpResponse:
    """Our figures beside those of peers, one period and one kind of place at a time."""
    home = request.person.organisation_id
    packs = queries.packs_of(home)
    periods = queries.periods_of(packs)
    period = _chosen(request.GET.get("period", ""), periods)
    scope = _scope(request.GET.get("scope", ""))
    compared = queries.compare(home, packs, *period, scope) if period else []
    organisation = Organisation.objects.get(pk=home)
    page = {
        "boards": boards_of(compared, organisation.name),
        "packs": [pack for pack in packs if pack.peer.ended_at is None],
        "periods": periods,
        "period": period,
        "scope": scope,
        "scopes": [(WHOLE, _("Everywhere")), *Place.Kind.choices],
        "may_exchange": request.person.may(EXCHANGE),
        "trail": _trail(),
    }
    return render(request, "peers/peers.html", page)


def _chosen(asked: str, periods: list[tuple[date, date]]) -> tuple[date, date] | None:
    named = {f"{start}_{stop}": (start, stop) for start, stop in periods}
    return named.get(asked) or next(iter(periods), None)


def _scope(asked: str) -> str:
    return asked if asked in Place.Kind.values else WHOLE


@require_http_methods(["GET", "POST"])
@requires(EXCHANGE)
def exchange(request: StaffRequest) -> HttpResponse:
    """Our key, our pack, and a peer's pack taken in."""
    form = PackForm(request.POST or None, request.FILES or None)
    unknown = None
    if request.method == "POST" and form.is_valid():
        try:
            _take(request, form.cleaned_data["file"].read())
            return redirect("peers:peers")
        except actions.PeerUnknownError as error:
            unknown = {"key": error.key, "name": error.name, "words": str(error)}
        except PackRefusedError as error:
            form.add_error("file", str(error))
    status = 422 if request.method == "POST" else 200
    return render(request, "peers/exchange.html", _page(request, form, unknown), status=status)


def _take(request: StaffRequest, raw: bytes) -> None:
    pack, is_new = actions.receive_pack(raw, by=request.person.actor, at=timezone.now())
    words = _("The pack of %s is in.") if is_new else _("The pack of %s was here already.")
    messages.success(request, words % pack.peer.name)


def _page(request: StaffRequest, form: PackForm, unknown: Any) -> dict[str, Any]:
    home = request.person.organisation_id
    key = actions.own_key(home)
    rows = [(peer, fingerprint(peer.key)) for peer in queries.peers_of(home)]
    return {
        "form": form,
        "unknown": unknown,
        "period_form": PeriodForm(_today()),
        "key": key,
        "fingerprint": fingerprint(key),
        "peers": rows,
        "trail": _trail(),
    }


@require_POST
@requires(EXCHANGE)
def pack(request: StaffRequest) -> HttpResponse:
    """Our own pack as a file."""
    form = PeriodForm(_today(), request.POST)
    organisation = Organisation.objects.get(pk=request.person.organisation_id)
    if not form.is_valid():
        messages.error(request, " ".join(str(w) for words in form.errors.values() for w in words))
        return redirect("peers:exchange")
    try:
        data = actions.make_pack(
            organisation, form.period(), by=request.person.actor, at=timezone.now()
        )
    except PackRefusedError as error:
        messages.error(request, str(error))
        return redirect("peers:exchange")
    answer = HttpResponse(data, content_type="application/json")
    name = f"{organisation.slug}-{form.cleaned_data['start']}.peers.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
@requires(EXCHANGE)
def accept(request: StaffRequest) -> HttpResponse:
    """Accept a peer's key after comparing its fingerprint."""
    given = {"name": request.GET.get("name", ""), "key": request.GET.get("key", "")}
    form = PeerForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            peer = actions.accept_peer(
                key=data["key"], name=data["name"], by=request.person.actor, at=timezone.now()
            )
        except PackRefusedError as error:
            form.add_error("key", str(error))
        else:
            messages.success(request, _("%s is a peer now. Take their pack in.") % peer.name)
            return redirect("peers:exchange")
    shown = _fingerprint(str(form["key"].value() or ""))
    context = {"form": form, "fingerprint": shown, "trail": [*_trail(), _exchange_step()]}
    return render(request, "peers/accept.html", context)


def _fingerprint(key: str) -> str:
    try:
        return fingerprint(key.strip().lower())
    except ValueError:
        return ""


@require_POST
@requires(EXCHANGE)
def end(request: StaffRequest, peer_id: int) -> HttpResponse:
    """Take no more packs of a peer."""
    peer = get_object_or_404(Peer, pk=peer_id, organisation_id=request.person.organisation_id)
    if peer.ended_at is not None:
        raise Http404
    actions.end_peer(peer, by=request.person.actor, at=timezone.now())
    messages.success(request, _("%s is no peer any more.") % peer.name)
    return redirect("peers:exchange")


def _today() -> Month:
    return Month.containing(timezone.localdate())


def _exchange_step() -> dict[str, str]:
    return {"label": _("Exchange"), "url": reverse("peers:exchange")}


def _trail() -> list[dict[str, str]]:
    return [
        {"label": _("Benchmarks"), "url": reverse("benchmarks:benchmarks")},
        {"label": _("Peers"), "url": reverse("peers:peers")},
    ]
