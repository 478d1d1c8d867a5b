"""Long-term answers joined with the first ones and with the first survey; only sums leave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wellheard.listen.followups.queries import Course, courses
from wellheard.listen.sampling.models import SampleMember
from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.longterm.rules import (
    FIRST,
    Apart,
    Change,
    HealthScore,
    Pair,
    apart,
    by_group,
    change_of,
    health_score,
    long_term_policy,
)
from wellheard.understand.scores.queries import measure
from wellheard.understand.scores.rules import Measure

_ASKED_AT_ONCE = 900


@dataclass(frozen=True, slots=True)
class After:
    """One time of asking: of those who answered first, how many did again, and how they changed.

    ``answered_first``: all whose first answer there is; None when showing it would tell a few.
    """

    months: int
    score: HealthScore
    change: Change | None
    content: Change | None
    other: Change | None
    apart: Apart | None


@dataclass(frozen=True, slots=True)
class LongTerm:
    """Everything the page shows. ``experience``: the measure that tells people apart."""

    firsts: int
    experience: Measure
    afters: tuple[After, ...]
    places: tuple[tuple[int, Change | None], ...]
    place_months: int


def long_term(organisation_id: int, *, today: date) -> LongTerm:
    """Change since the first answer, after each time of asking, by score, and by place."""
    policy, minimum = long_term_policy(), load_policy().minimum_group
    found = list(courses(organisation_id))
    experience = measure(organisation_id, policy.experience_measure, on=today)
    content = _content(organisation_id, [each.visit_id for each in found], experience)
    months = sorted({m for each in found for m in each.answers if m != FIRST})
    afters = tuple(
        _after(_pairs(found, content, month, score), month, score, minimum)
        for month in months
        for score in policy.scores.values()
    )
    headline = policy.scores[policy.headline]
    largest = max(months, key=lambda m: len(_pairs(found, content, m, headline)), default=0)
    by_place: dict[int, list[Pair]] = defaultdict(list)
    for pair in _pairs(found, content, largest, headline):
        by_place[pair.place].append(pair)
    changed = by_group(by_place, minimum)
    return LongTerm(len(found), experience, afters, tuple(changed.items()), largest)


def _after(pairs: Sequence[Pair], months: int, score: HealthScore, minimum: int) -> After:
    groups: dict[bool, list[Pair]] = {True: [], False: []}
    for pair in pairs:
        if pair.content is not None:
            groups[pair.content].append(pair)
    # Those who answered no first survey are the third part of the whole.
    unknown = [pair for pair in pairs if pair.content is None]
    parts = by_group({**groups, None: unknown}, minimum)
    both = parts.get(True) is not None and parts.get(False) is not None
    return After(
        months,
        score,
        change_of(pairs, minimum),
        parts.get(True) if both else None,
        parts.get(False) if both else None,
        apart(pairs, minimum) if both else None,
    )


def _pairs(
    found: Sequence[Course], content: Mapping[int, bool], months: int, score: HealthScore
) -> list[Pair]:
    scale = long_term_policy().scale
    pairs = []
    for each in found:
        before = health_score(each.answers[FIRST], score, scale)
        later = each.answers.get(months)
        after = health_score(later, score, scale) if later is not None else None
        if before is not None and after is not None:
            pairs.append(Pair(each.place_id, content.get(each.visit_id), before, after))
    return pairs


def _content(organisation_id: int, visits: Sequence[int], experience: Measure) -> dict[int, bool]:
    """Whether each visit's first survey was answered with one of the best answers."""
    code, _, item = experience.item.partition(".")
    found: dict[int, bool] = {}
    for start in range(0, len(visits), _ASKED_AT_ONCE):
        rows = SampleMember.objects.filter(
            organisation_id=organisation_id,
            visit_id__in=visits[start : start + _ASKED_AT_ONCE],
            invitation__response__instrument=code,
        )
        for visit_id, answers in rows.values_list("visit_id", "invitation__response__answers"):
            if item in answers:
                found[visit_id] = answers[item] in experience.best
    return found


def changes_by_place(organisation_id: int, months: int) -> dict[int, Change]:
    """The change of the headline score at each place that may be shown."""
    policy = long_term_policy()
    by_place: dict[int, list[Pair]] = defaultdict(list)
    found = list(courses(organisation_id))
    for pair in _pairs(found, {}, months, policy.scores[policy.headline]):
        by_place[pair.place].append(pair)
    changed = by_group(by_place, load_policy().minimum_group)
    return {place: change for place, change in changed.items() if change is not None}


def largest_asking(organisation_id: int) -> int:
    """After how many months most people answered again; 0 when nobody did."""
    told = Counter(m for each in courses(organisation_id) for m in each.answers if m != FIRST)
    return max(told, key=lambda month: (told[month], -month), default=0)


def place_names(organisation_id: int) -> dict[int, str]:
    """Names of the places by key."""
    rows = Place.objects.filter(organisation_id=organisation_id)
    return dict(rows.values_list("pk", "name"))
