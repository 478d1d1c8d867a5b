"""The page of choices."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.listen.panels.wording import reasons
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.choices.queries import SEGMENTS, Reasons, reasons_told, went_to
from wellheard.understand.choices.rules import OTHER
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity.vocabulary import attribute_names, group_name


@requires("panel.read")
@require_GET
def choices(request: StaffRequest) -> HttpResponse:
    """Why people who are not our patients chose us or somebody else, by segment."""
    asked = request.GET.get("by", "")
    segment = asked if asked in SEGMENTS else SEGMENTS[0]
    organisation_id = request.person.organisation_id
    parts = [
        _part(
            heading, reasons_told(organisation_id, side=side, kind=kind, segment=segment), segment
        )
        for kind, side, heading in (
            ("lost", "not", _("Why people went elsewhere")),
            ("community", "for", _("Why the community would come to us")),
            ("community", "not", _("Why the community would go elsewhere")),
        )
    ]
    names = attribute_names()
    page = {
        "parts": parts,
        "segments": [{"value": s, "label": names[s], "chosen": s == segment} for s in SEGMENTS],
        "went_to": went_to(organisation_id),
        "policy": load_policy(),
        "version": reasons().version,
    }
    return render(request, "choices/choices.html", page)


def _part(heading: str, found: Reasons, segment: str) -> dict[str, Any]:
    table, words = found.table, reasons().all()
    if table is None:
        return {"heading": heading, "table": None}
    columns = [_("Others") if c == OTHER else group_name(segment, c) for c in table.columns]
    return {
        "heading": heading,
        "table": table,
        "first": found.first,
        "last": found.last,
        "columns": columns,
        "lines": [
            {
                "name": _("Other reasons") if row == OTHER else words.get(row, row),
                "cells": [
                    (name, table.cells[row, column])
                    for name, column in zip(columns, table.columns, strict=True)
                ],
                "n": table.row_totals[row],
            }
            for row in table.rows
        ],
    }
