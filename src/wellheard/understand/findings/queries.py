"""Asking everything that was answered and said: what matters now?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from wellheard.people.places.models import Organisation
from wellheard.understand.findings.rules import Finding, finding_policy, ranked
from wellheard.understand.scores.queries import measures

if TYPE_CHECKING:
    from wellheard.understand.findings.answers import Answers
    from wellheard.understand.findings.scored import Scored

# A search of another feature or room: the organisation, its answers, its measures.
Source = Callable[[Organisation, "Answers", "list[Scored]"], Iterable[Finding]]


def findings_of(organisation_id: int, *, until: date | None = None) -> list[Finding]:
    """The few things that matter, the most important first; nothing after ``until`` is looked at.

    ``until``: the last day, by default the newest answer's. Reads everything: seconds for a
    hospital; pages show the newest kept run instead (``newest_run``).
    """
    found = all_findings(organisation_id, until=until)
    return ranked(found, finding_policy().most_shown)


def all_findings(organisation_id: int, *, until: date | None = None) -> list[Finding]:
    """Everything that passed its test, not yet cut to the few."""
    # Load numpy and scipy: no page needs them that only shows what was found.
    from wellheard.understand.findings.answers import newest_day, read_answers
    from wellheard.understand.findings.renames import joined

    organisation = Organisation.objects.get(pk=organisation_id)
    day = until or newest_day(organisation)
    found: list[Finding] = []
    if day is not None:
        newest = newest_day(organisation)
        last = min(day, newest) if newest is not None else day
        answers = read_answers(organisation, until=last, months=finding_policy().months)
        answers, _ = joined(answers)
        found += _from_answers(answers, organisation)
    found += _from_voices(organisation, until)
    return ranked(found, len(found))


def _from_answers(answers: Answers, organisation: Organisation) -> Iterable[Finding]:
    from wellheard.understand.findings.scored import scored_measures
    from wellheard.understand.findings.searches.drivers import find_drivers
    from wellheard.understand.findings.searches.gaps import find_gaps
    from wellheard.understand.findings.searches.levels import find_levels
    from wellheard.understand.findings.searches.peaks import find_peaks
    from wellheard.understand.findings.searches.silences import find_stops, find_unheard

    catalogue = measures(organisation.pk, on=answers.until)
    scored = list(scored_measures(answers, catalogue))
    return [
        *find_levels(scored),
        *find_gaps(scored),
        *find_peaks(scored),
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
