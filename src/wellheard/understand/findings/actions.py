"""Searching and keeping what was found; reading what waits, so that nothing is missed."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment
from wellheard.people.places.models import Place
from wellheard.understand.findings.models import FindingRun, ImprovementProposal
from wellheard.understand.findings.queries import look
from wellheard.understand.findings.rules import Finding, finding_policy
from wellheard.understand.themes.actions import AT_ONCE, label_comments

_KEPT_RUNS = 30


def read_what_waits(organisation_id: int, *, by: Actor, at: datetime) -> int:
    """Read the comments that no reading has yet (an import's job may still wait). How many."""
    waiting = list(
        Comment.objects.filter(organisation_id=organisation_id, reading__isnull=True)
        .exclude(text="")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for start in range(0, len(waiting), AT_ONCE):
        label_comments(waiting[start : start + AT_ONCE], by=by, at=at)
    return len(waiting)


def keep_findings(organisation_id: int, *, by: Actor, at: datetime) -> FindingRun:
    """Search everything and keep what was found, and a proposal for each theme that recurs."""
    read_what_waits(organisation_id, by=by, at=at)
    looked = look(organisation_id, until=None)
    with acting(by, at=at) as trail:
        run = FindingRun.objects.create(
            organisation_id=organisation_id,
            made_at=at,
            data_to=looked.data_to,
            looked_at=looked.looked_at,
            policy=finding_policy().version,
            found=[each.as_dict() for each in looked.found],
        )
        trail.write("findings_kept", run, found=len(looked.found), looked_at=looked.looked_at)
        for finding in looked.found:
            if finding.kind == "theme_rise" and finding.place_id is not None:
                propose_improvement(organisation_id, finding, by=by, at=at)
        old = FindingRun.objects.filter(organisation_id=organisation_id).order_by("-made_at")
        FindingRun.objects.filter(pk__in=[each.pk for each in old[_KEPT_RUNS:]]).delete()
    return run


def propose_improvement(
    organisation_id: int, finding: Finding, *, by: Actor, at: datetime
) -> ImprovementProposal:
    """One open proposal for a theme at a place, with every comment since it rose linked to it."""
    place = Place.objects.of(organisation_id).get(pk=finding.place_id or 0)
    with acting(by, at=at) as trail:
        proposal, is_new = ImprovementProposal.objects.get_or_create(
            place=place,
            theme=finding.measure,
            closed_at=None,
            defaults={
                "organisation_id": organisation_id,
                "says": finding.sentence[:500],
                "began_on": finding.start_on,
                "raised_at": at,
            },
        )
        since = proposal.began_on or finding.start_on or at.date()
        comments = Comment.objects.counted().filter(
            organisation_id=organisation_id,
            place=place,
            themes__theme=finding.measure,
            themes__holds=True,
            received_at__gte=datetime.combine(since, time(), ZoneInfo(place.organisation.zone)),
        )
        proposal.comments.add(*comments.values_list("pk", flat=True))
        if is_new:
            trail.write("improvement_proposed", proposal, theme=proposal.theme)
    return proposal


def close_proposal(proposal_id: int, *, by: Actor, at: datetime) -> None:
    """Say that it was taken up or turned down. Raises ImprovementProposal.DoesNotExist."""
    with acting(by, at=at) as trail:
        proposal = ImprovementProposal.objects.open().get(
            pk=proposal_id, organisation_id=by.organisation_id
        )
        proposal.closed_at = at
        proposal.save(update_fields=["closed_at"])
        trail.write("proposal_closed", proposal)
