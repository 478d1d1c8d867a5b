"""Counting trouble, and keeping the count for the page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Organisation
from wellheard.understand.dissatisfaction.models import TroubleCount
from wellheard.understand.dissatisfaction.queries import months_of, stands
from wellheard.understand.findings.answers import newest_day, read_answers
from wellheard.understand.findings.renames import joined
from wellheard.understand.findings.rules import finding_policy
from wellheard.understand.findings.scored import scored_measures
from wellheard.understand.scores.queries import measures

_KEPT = 12


def count_trouble(organisation_id: int, *, by: Actor, at: datetime) -> TroubleCount | None:
    """Count every place's trouble of the last months. None where nothing was answered."""
    organisation = Organisation.objects.get(pk=organisation_id)
    until = newest_day(organisation)
    if until is None:
        return None
    months = int(finding_policy().dissatisfaction["months"]) + 1
    answers, _ = joined(read_answers(organisation, until=until, months=months))
    if answers.months < 1:
        return None
    scored = list(scored_measures(answers, measures(organisation_id, on=until)))
    first, last = months_of(answers)
    with acting(by, at=at) as trail:
        count = TroubleCount.objects.create(
            organisation_id=organisation_id,
            made_at=at,
            first_day=first,
            last_day=last,
            stands=[asdict(each) for each in stands(organisation, answers, scored)],
        )
        trail.write("trouble_counted", count, places=len(count.stands))
        old = TroubleCount.objects.filter(organisation_id=organisation_id).order_by("-made_at")
        TroubleCount.objects.filter(pk__in=[each.pk for each in old[_KEPT:]]).delete()
    return count
