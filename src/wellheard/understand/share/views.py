"""The page of our share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.listen.panels.wording import reasons
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.choices.queries import reasons_told
from wellheard.understand.choices.rules import OTHER
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.scores.queries import organisation_day
from wellheard.understand.share import presenters
from wellheard.understand.share.policy import share_policy
from wellheard.understand.share.queries import files_in_force, hospital_names, market
from wellheard.understand.share.referrals import referrals
from wellheard.understand.share.rules import METHOD

_SEGMENT = "language"


@requires("review.read")
@require_GET
def share(request: StaffRequest) -> HttpResponse:
    """Our share of the area we serve, who sends people to us, and why they chose us."""
    of, policy = request.person.organisation_id, share_policy()
    found = market(of)
    sent = referrals(of, until=organisation_day(of, timezone.now()))
    context: dict[str, Any] = {
        "method": METHOD,
        "policy": f"{policy.name}, {load_policy().name}",
        "part": round(100 * policy.part),
        "least": policy.hidden_least,
        "most": policy.hidden_most,
        "sources": presenters.source_lines(sent),
        "sent": sent,
        "start": sent.period.start.first_day,
        "stop": sent.period.stop.first_day - timedelta(days=1),
        "minimum": load_policy().minimum_group,
        "may_import": request.person.may("import.run"),
        "choices": _choices(of) if request.person.may("panel.read") else None,
    }
    if found is not None:
        codes = {code for code, _ in found.rivals} | {each.largest for each in found.areas}
        names = hospital_names(of, codes)
        context |= {
            "market": presenters.market_words(found, names, most=policy.areas),
            "rivals": presenters.rival_lines(found, names, most=policy.rivals),
            "files": files_in_force(of),
        }
    return render(request, "share/share.html", context)


def _choices(organisation_id: int) -> list[dict[str, Any]]:
    """Why people would come, or went elsewhere, in their own order; too few are not told."""
    words = reasons().all()
    parts = []
    for heading, kind, side in (
        (_("Why the community would come to us"), "community", "for"),
        (_("Why people went elsewhere"), "lost", "not"),
    ):
        table = reasons_told(organisation_id, side=side, kind=kind, segment=_SEGMENT).table
        rows = [] if table is None else [
            (_("Other reasons") if row == OTHER else words.get(row, row), table.row_totals[row])
            for row in table.rows
        ]  # fmt: skip
        parts.append({"heading": heading, "rows": rows, "n": table.n if table else 0})
    return parts
