"""The metric catalogue in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.scores.models import MeasureProposal
from wellheard.understand.scores.rules import Measure


def statistic_words(measure: Measure) -> str:
    """What is computed."""
    return {
        "top_box": _("share of the best answers, with Wilson interval"),
        "mean": _("mean of answers stretched to 0 to 100, with normal interval"),
        "nps": _("net promoter score, with interval"),
    }[measure.statistic]


def direction_words(measure: Measure) -> str:
    """Which way is better."""
    return _("higher is better") if measure.direction == "increase" else _("lower is better")


def facts_of(measure: Measure) -> list[tuple[str, str]]:
    """Everything the catalogue says of a measure."""
    since = parse_date(measure.effective_from)
    return [
        (_("Definition"), measure.definition),
        (_("Computed as"), statistic_words(measure)),
        (_("Best answers"), ", ".join(map(str, sorted(measure.best)))),
        (_("Question"), measure.item),
        (_("Direction"), direction_words(measure)),
        (_("Owner"), measure.owner),
        (_("Source"), measure.source),
        (_("Adjustment"), _("places: none; sites also adjusted for age, sex and language")),
        (_("Version"), f"{measure.version}, {figures.long_date(since)}"),
    ]


def proposal_line(proposal: MeasureProposal, user_id: int, *, today: date) -> dict[str, Any]:
    """One change that was proposed, and what became of it."""
    decision = getattr(proposal, "decision", None)
    return {
        "proposal": proposal,
        "who": proposal.proposed_by.name,
        "state": _state(proposal, today),
        "decided_by": decision.decided_by.name if decision else "",
        "note": decision.note if decision else "",
        "changes": proposal.definition,
        "may_decide": decision is None and proposal.proposed_by_id != user_id,
    }


def _state(proposal: MeasureProposal, today: date) -> str:
    decision = getattr(proposal, "decision", None)
    if decision is None:
        return _("waits for a second person")
    if not decision.approved:
        return _("declined")
    return _("in force") if proposal.effective_from <= today else _("approved")
