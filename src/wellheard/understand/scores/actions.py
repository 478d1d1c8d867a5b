"""Changing a measure: one person proposes, another decides, and both are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.understand.scores.models import MeasureDecision, MeasureProposal
from wellheard.understand.scores.queries import shipped_measures
from wellheard.understand.scores.rules import MeasureDefinitionError, read_measure


class OwnProposalError(PermissionError):
    """Nobody approves their own change."""


class DecidedAlreadyError(ValueError):
    """Somebody has already decided about the proposal."""


def propose_measure(
    definition: Mapping[str, Any],
    *,
    reason: str,
    effective_from: date,
    by: Actor,
    at: datetime,
) -> MeasureProposal:
    """Propose a new version of a measure. Raises MeasureDefinitionError."""
    if not reason.strip():
        raise MeasureDefinitionError("reason: a change of a measure needs one")
    with acting(by, at=at) as trail:
        earlier = MeasureProposal.objects.filter(
            organisation_id=by.organisation_id, code=definition["code"]
        ).aggregate(newest=Max("version"))["newest"]
        shipped = shipped_measures().get(definition["code"])
        version = max(earlier or 0, shipped.version if shipped else 0) + 1
        full = {**definition, "version": version, "effective_from": effective_from.isoformat()}
        read_measure(full)
        proposal = MeasureProposal.objects.create(
            organisation_id=by.organisation_id,
            code=full["code"],
            version=version,
            definition=full,
            reason=reason.strip(),
            effective_from=effective_from,
            proposed_by_id=int(by.ref),
            proposed_at=at,
        )
        trail.write("measure_proposed", proposal, code=proposal.code, version=version)
    return proposal


def decide_measure(
    proposal_id: int, *, approved: bool, note: str = "", by: Actor, at: datetime
) -> MeasureDecision:
    """Approve or decline a proposal. Raises OwnProposalError, DecidedAlreadyError."""
    with acting(by, at=at) as trail:
        proposal = MeasureProposal.objects.get(pk=proposal_id, organisation_id=by.organisation_id)
        if str(proposal.proposed_by_id) == by.ref:
            raise OwnProposalError("a second person decides about a change")
        if MeasureDecision.objects.filter(proposal=proposal).exists():
            raise DecidedAlreadyError(str(proposal))
        decision = MeasureDecision.objects.create(
            organisation_id=by.organisation_id,
            proposal=proposal,
            approved=approved,
            note=note.strip(),
            decided_by_id=int(by.ref),
            decided_at=at,
        )
        trail.write("measure_decided", proposal, approved=approved, version=proposal.version)
    return decision
