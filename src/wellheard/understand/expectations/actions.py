"""Scanning a quarter and keeping what was found; deciding about a find."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.understand.expectations.models import (
    ExpectationChoice,
    ExpectationFind,
    ExpectationScan,
)
from wellheard.understand.expectations.policy import scan_policy
from wellheard.understand.expectations.queries import look_through
from wellheard.understand.facts.slices import Month


class NoChoiceError(ValueError):
    """There is no such choice, or acting lacks its owner; the message says which."""


def scan_quarter(quarter: Month, *, by: Actor, at: datetime) -> ExpectationScan:
    """Look through a quarter that is over and keep the scan; of its quarter it holds from now on.

    Raises ValueError for a quarter that still runs.
    """
    if quarter != quarter.quarter or quarter.plus(3).first_day > at.date():
        raise ValueError("quarter: is not over yet, or does not begin a quarter")
    looked = look_through(by.organisation_id, quarter)
    with acting(by, at=at) as trail:
        scan = ExpectationScan.objects.create(
            organisation_id=by.organisation_id,
            quarter=quarter.code,
            comments=looked.comments,
            before=looked.before,
            policy=scan_policy().name,
            made_at=at,
        )
        ExpectationFind.objects.bulk_create(
            ExpectationFind(
                scan=scan,
                kind=each.kind,
                code=each.code,
                words=list(each.words),
                count=each.count,
                before=each.before,
                p=each.p,
                comments=list(each.comments),
            )
            for each in looked.finds
        )
        trail.write("expectations_scanned", scan, quarter=scan.quarter, finds=len(looked.finds))
    return scan


def choose(
    find: ExpectationFind,
    choice: str,
    *,
    why: str = "",
    owner: str = "",
    by: Actor,
    by_name: str = "",
    at: datetime,
) -> ExpectationChoice:
    """Decide about a find. Raises NoChoiceError."""
    if choice not in ExpectationChoice.Choice.values:
        raise NoChoiceError(f"choice: there are {', '.join(ExpectationChoice.Choice.values)}")
    if choice == ExpectationChoice.Choice.ACT and not owner.strip():
        raise NoChoiceError("owner: say who acts")
    with acting(by, at=at) as trail:
        row = ExpectationChoice.objects.create(
            find=find,
            choice=choice,
            why=why.strip()[:300],
            owner=owner.strip()[:80],
            by=by.ref,
            by_name=by_name,
            at=at,
        )
        trail.write("expectation_chosen", row, choice=choice)
    return row
