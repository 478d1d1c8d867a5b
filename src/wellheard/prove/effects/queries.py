"""Changes of a place and what came after them."""

from __future__ import annotations

from datetime import date

from wellheard.people.places.models import Place
from wellheard.prove.effects.models import Change
from wellheard.prove.effects.rules import Effect, effect_of, effect_policy, windows
from wellheard.understand.facts.slices import Where
from wellheard.understand.scores.queries import score
from wellheard.understand.scores.rules import Measure


def changes_at(place: Place, measure: str) -> list[Change]:
    """What a place changed that may move a measure, the newest first."""
    standing = Change.objects.filter(place=place, withdrawn_at__isnull=True)
    meant = standing.filter(measure__in=("", measure))
    return list(meant.order_by("-started_on", "-pk"))


def before_after(change: Change, measure: Measure, *, until: date) -> Effect:
    """The measure at the place before and after a change, in whole months up to ``until``."""
    policy = effect_policy()
    before, after = windows(change.started_on, until, policy)
    where = Where(places=frozenset({change.place_id}))
    return effect_of(
        score(change.organisation_id, measure, before, where),
        score(change.organisation_id, measure, after, where) if after else None,
        months_after=len(after.months) if after else 0,
        policy=policy,
    )
