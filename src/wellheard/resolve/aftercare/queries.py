"""What people say about the handling of their cases, and how that goes with the way they ended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from wellheard.listen.surveys.instruments import instrument
from wellheard.measures.intervals import Proportion, wilson
from wellheard.resolve.aftercare.models import HandlingSurvey
from wellheard.resolve.aftercare.vocabulary import after_closing

QUESTIONS = ("justice_outcome", "justice_procedure", "justice_treatment", "confidence", "return")


@dataclass(frozen=True, slots=True)
class Ending:
    """Cases that ended one way: how many people answered, and the share of best answers to each
    question with its interval; ``shares`` is empty for few."""

    ending: str
    answered: int
    shares: dict[str, Proportion]


@dataclass(frozen=True, slots=True)
class Asked:
    """How many wait, were asked, answered, and were not asked, by why."""

    waiting: int
    asked: int
    answered: int
    dropped: dict[str, int]


def asked(organisation_id: int) -> Asked:
    """Counts of everybody whose case was closed."""
    rows = HandlingSurvey.objects.filter(organisation_id=organisation_id)
    sent = rows.filter(asked_at__isnull=False)
    dropped = rows.exclude(dropped_as="").order_by().values_list("dropped_as")
    return Asked(
        waiting=rows.filter(asked_at=None, dropped_as="").count(),
        asked=sent.count(),
        answered=sent.filter(invitation__response__isnull=False).count(),
        dropped=dict(dropped.annotate(Count("pk"))),
    )


def by_ending(organisation_id: int) -> list[Ending]:
    """Answers by how the case ended. Groups of few show nothing; nor does any group when a single
    small one could be worked out from the others (no total is told, so it cannot)."""
    rows = HandlingSurvey.objects.filter(
        organisation_id=organisation_id, invitation__response__isnull=False
    ).values_list("closure__reason", "invitation__response__answers")
    groups: dict[str, list[dict[str, int]]] = defaultdict(list)
    for reason, answers in rows:
        groups[reason].append(answers)
    return [_ending(reason, answers) for reason, answers in sorted(groups.items())]


def has_answered(closure_id: int) -> bool:
    """Whether the person of this closure answered the survey."""
    answered = HandlingSurvey.objects.filter(invitation__response__isnull=False)
    return answered.filter(closure_id=closure_id).exists()


def _ending(reason: str, answers: list[dict[str, int]]) -> Ending:
    few = after_closing().shown_from
    if len(answers) < few:
        return Ending(reason, len(answers), {})
    best = {item.code: item.top_box for item in instrument(after_closing().instrument).items}
    shares = {}
    for code in QUESTIONS:
        given = [each[code] for each in answers if code in each]
        if len(given) >= few:
            shares[code] = wilson(sum(value in best[code] for value in given), len(given))
    return Ending(reason, len(answers), shares)
