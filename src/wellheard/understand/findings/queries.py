"""Asking everything that was answered and said: what matters now?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.utils.module_loading import import_string

from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.people.places.models import Organisation
from wellheard.people.places.queries import merges_of
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.findings.models import FindingRun
from wellheard.understand.findings.rules import Finding, finding_policy, is_told_by, ranked
from wellheard.understand.scores.queries import measures

if TYPE_CHECKING:
    from wellheard.understand.findings.answers import Answers
    from wellheard.understand.findings.scored import Scored

_WHOLE_ENOUGH = 3
# A search of another feature or room: the organisation, its answers, its measures.
Source = Callable[[Organisation, "Answers", "list[Scored]"], Iterable[Finding]]


def findings_of(organisation_id: int, *, until: date | None = None) -> list[Finding]:
    """The few things that matter, the most important first; nothing after ``until`` is looked at.

    ``until``: the last day, by default the newest answer's. Reads everything: seconds for a
    hospital; pages show the newest kept run instead (``newest_run``).
    """
    found = all_findings(organisation_id, until=until)
    return ranked(found, finding_policy().most_shown)


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything that passed its test, the most important first; among how many series of
    answers; how far the answers reach."""

    found: list[Finding]
    looked_at: int
    data_to: date | None


def all_findings(organisation_id: int, *, until: date | None = None) -> list[Finding]:
    """Everything that passed its test, not yet cut to the few."""
    return look(organisation_id, until=until).found


def look(organisation_id: int, *, until: date | None) -> Looked:
    """Search everything that was answered and said, nothing after ``until``."""
    # Load numpy and scipy: no page needs them that only shows what was found.
    from wellheard.understand.findings.answers import newest_day, read_answers
    from wellheard.understand.findings.renames import joined, merged
    from wellheard.understand.findings.scored import scored_measures

    organisation = Organisation.objects.get(pk=organisation_id)
    day = until or newest_day(organisation)
    found: list[Finding] = []
    looked_at, last = 0, None
    if day is not None:
        last = _last_day(day, newest_day(organisation), was_asked=until is not None)
        answers = read_answers(organisation, until=last, months=finding_policy().months)
        into = {each.old_id: each.into_id for each in merges_of(organisation_id, until=last)}
        answers = merged(answers, into, minimum=load_policy().minimum_group)
        answers, _ = joined(answers)
        catalogue = measures(organisation.pk, on=answers.until)
        scored = list(scored_measures(answers, catalogue))
        looked_at = sum(each.series for each in scored)
        found += _from_answers(answers, scored, organisation)
    found += _from_voices(organisation, until)
    return Looked(ranked(found, len(found)), looked_at, last)


def _last_day(day: date, newest: date | None, *, was_asked: bool) -> date:
    """The day up to which months count: never far beyond the newest answer.

    A month whose answers end a few days early is whole all the same.
    """
    from wellheard.understand.findings.answers import plus_months

    if newest is None:
        return day
    month_end = plus_months(newest, 1) - timedelta(days=1)
    if was_asked:
        return min(day, month_end)
    return month_end if (month_end - newest).days <= _WHOLE_ENOUGH else newest


def newest_run(organisation_id: int) -> FindingRun | None:
    """The newest search that was kept."""
    runs = FindingRun.objects.filter(organisation_id=organisation_id)
    return runs.order_by("-made_at", "-pk").first()


def newest_said(organisation_id: int) -> datetime | None:
    """When the newest response or comment was kept."""
    rows = (model.objects.filter(organisation_id=organisation_id) for model in (Response, Comment))
    found = [row.aggregate(newest=Max("recorded_at"))["newest"] for row in rows]
    return max((moment for moment in found if moment is not None), default=None)


def _from_answers(
    answers: Answers, scored: list[Scored], organisation: Organisation
) -> Iterable[Finding]:
    from wellheard.understand.findings.searches import find_among
    from wellheard.understand.findings.searches.drivers import find_drivers
    from wellheard.understand.findings.searches.silences import find_stops, find_unheard

    found = list(find_among(scored))
    peaks = [each for each in found if each.kind == "peak"]
    return [
        *(each for each in found if not any(is_told_by(each, peak) for peak in peaks)),
        *find_drivers(scored),
        *find_stops(answers, organisation),
        *find_unheard(answers, organisation),
        *(each for source in _sources() for each in source(organisation, answers, scored)),
    ]


def _from_voices(organisation: Organisation, until: date | None) -> Iterable[Finding]:
    from wellheard.understand.findings.searches.themes import find_theme_rises, read_voices

    return find_theme_rises(
        organisation, read_voices(organisation, until=until or date(2200, 1, 1))
    )


@cache
def _sources() -> tuple[Source, ...]:
    """Searches of other features and higher rooms, as the wiring names them."""
    dotted = getattr(import_module(settings.WIRING), "FINDINGS", ())
    return tuple(import_string(path) for path in dotted)
