"""The balanced set: every family as it stands, and choosing what stands for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wellheard.base.pages.tables import csv_file
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.prove.balance import presenters, queries
from wellheard.prove.balance.actions import publish_set
from wellheard.prove.balance.rules import (
    Chosen,
    UnbalancedError,
    balance_policy,
    default_set,
    unfilled,
)
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.scores.queries import organisation_day


@requires("review.read")
@require_GET
def balance(request: StaffRequest) -> HttpResponse:
    """The set in force, family by family."""
    policy, now = balance_policy(), timezone.now()
    found = queries.published(request.person.organisation_id)
    page: dict[str, Any] = {
        "set": found,
        "may_publish": request.person.may("measure.define"),
        "policy": policy,
        "rule": f"{policy.name}, {load_policy().name}",
    }
    if found is not None:
        chosen: Chosen = found.families
        codes = [code for each in chosen.values() for code in each]
        latest = queries.latest(request.person.organisation_id, codes, now=now)
        if request.GET.get("format") == "csv":
            rows = presenters.csv_rows(chosen, latest, found.version, policy.name)
            return csv_file("balanced-set.csv", presenters.CSV_COLUMNS, rows)
        dark = unfilled(chosen, latest)
        page |= {
            "families": presenters.families(chosen, latest, policy),
            "dark": ", ".join(policy.families[code].title for code in dark),
        }
    return render(request, "balance/balance.html", page)


@requires("measure.define")
@require_http_methods(["GET", "POST"])
def choose(request: StaffRequest) -> HttpResponse:
    """Choose what stands for each family; a set with an empty family is not published."""
    policy, now, person = balance_policy(), timezone.now(), request.person
    offered = queries.offered(
        person.organisation_id, today=organisation_day(person.organisation_id, now)
    )
    found = queries.published(person.organisation_id)
    chosen: Chosen = found.families if found else default_set(offered, policy)
    problem = ""
    if request.method == "POST":
        chosen = {family: request.POST.getlist(family) for family in policy.families}
        try:
            why = request.POST.get("why", "")
            made = publish_set(chosen, why=why, by=person.actor, at=now)
        except UnbalancedError as error:
            problem = presenters.refusal(error, policy)
        else:
            messages.success(request, _("Version %(n)s is published.") % {"n": made.version})
            return redirect("balance:balance")
    page = {
        "families": presenters.choices(offered, chosen, policy),
        "problem": problem,
        "policy": policy,
        "trail": [{"label": _("Balanced set"), "url": reverse("balance:balance")}],
    }
    return render(request, "balance/choose.html", page, status=422 if problem else 200)
