"""Whether a board looks like those we treat, on the board's page."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from wellheard.listen.panels.models import Panel
from wellheard.understand.choices.queries import diversity
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity.vocabulary import attribute_names, group_name


def on_panel(request: HttpRequest, panel: Panel) -> str:
    """Groups of those we treat, and whether anybody of each is seated."""
    groups, visits = diversity(panel, now=timezone.now())
    names = attribute_names()
    lines = [
        {"attribute": names[each.attribute], "group": group_name(each.attribute, each.value),
         "share": 100 * each.share, "seated": each.seated}
        for each in groups
    ]  # fmt: skip
    page = {"lines": lines, "visits": visits, "policy": load_policy().name}
    return render_to_string("choices/on_panel.html", page, request)
