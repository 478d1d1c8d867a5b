"""Changing an instrument: proposed by one person, approved by another, and then a new version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.surveys.changes import next_version
from wellheard.listen.surveys.instruments import official_instruments, versions
from wellheard.listen.surveys.models import InstrumentDecision, InstrumentProposal


class OwnProposalError(Exception):
    """Nobody approves their own change."""


class AlreadyDecidedError(Exception):
    """Somebody has decided about this proposal before."""


class OpenProposalError(Exception):
    """Another change of this instrument waits for its decision."""


class OfficialError(Exception):
    """Official surveys are asked as their source has them: whole, in order, in its words."""


def propose_version(
    *, changed: dict[str, Any], reason: str, by: Actor, at: datetime
) -> InstrumentProposal:
    """Propose a changed definition as the next version.

    Raises InstrumentError, OpenProposalError, OfficialError.
    """
    code = changed["code"]
    if code in official_instruments() or changed.get("family") == "official":
        raise OfficialError(code)
    with acting(by, at=at) as trail:
        mine = InstrumentProposal.objects.filter(organisation_id=by.organisation_id, code=code)
        if mine.filter(decision=None).exists():
            raise OpenProposalError(code)
        newest = max(versions(code, organisation_id=by.organisation_id), default=0)
        declined = mine.order_by("-version").values_list("version", flat=True).first() or 0
        # a declined number is not used again: answers must never be able to mean two things
        renewed = next_version(
            changed | {"version": max(newest, declined)},
            effective_from=at.date().isoformat(),
            change=reason,
        )
        proposal = InstrumentProposal.objects.create(
            organisation_id=by.organisation_id,
            code=code,
            version=renewed["version"],
            definition=renewed,
            reason=reason[:500],
            proposed_by_id=int(by.ref),
            proposed_at=at,
        )
        trail.write("instrument_proposed", proposal, code=code, version=proposal.version)
    return proposal


def decide_version(
    *, proposal: InstrumentProposal, approved: bool, note: str = "", by: Actor, at: datetime
) -> InstrumentDecision:
    """Approve or decline a proposal of somebody else.

    Raises OwnProposalError, AlreadyDecidedError.
    """
    if str(proposal.proposed_by_id) == by.ref:
        raise OwnProposalError
    with acting(by, at=at) as trail:
        if InstrumentDecision.objects.filter(proposal=proposal).exists():
            raise AlreadyDecidedError
        decision = InstrumentDecision.objects.create(
            organisation_id=by.organisation_id,
            proposal=proposal,
            approved=approved,
            note=note[:500],
            decided_by_id=int(by.ref),
            decided_at=at,
        )
        trail.write("instrument_decided", proposal, approved=approved, version=proposal.version)
        if approved:
            trail.publish("listen.instrument_changed", code=proposal.code, version=proposal.version)
    return decision
