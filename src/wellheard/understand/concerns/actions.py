"""Weighing comments: those that need a person become concerns, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.listen.intake.models import Comment
from wellheard.understand.concerns.models import Concern
from wellheard.understand.concerns.policy import concern_rules
from wellheard.understand.concerns.rules import Signals, weigh
from wellheard.understand.concerns.safety import safety_groups
from wellheard.understand.themes.models import CommentReading, ThemeLabel
from wellheard.understand.themes.sampling import may_route_by_feeling

# An import brings hundreds; each event's cases are opened in one transaction, soon over.
_TOLD_AT_ONCE = 20


def weigh_comments(comment_ids: Sequence[int], *, by: Actor, at: datetime) -> list[Concern]:
    """Weigh these comments; new concerns are kept and told to the house.

    Safe to repeat. A comment that is already a concern keeps it; its tier may rise when a later
    reading or correction says so, never fall: a person decides that.
    """
    rules = concern_rules()
    with acting(by, at=at) as trail:
        known = {
            concern.comment_id: concern
            for concern in Concern.objects.filter(comment_id__in=comment_ids)
        }
        found = []
        for comment, signals in _signals(comment_ids, by.organisation_id, at):
            weighing = weigh(signals, rules)
            earlier = known.get(comment.pk)
            if weighing.tier is None or (earlier and not _rises(earlier.tier, weighing.tier)):
                continue
            concern = earlier or Concern(organisation_id=by.organisation_id, comment=comment)
            concern.tier = weighing.tier
            concern.reasons = list(weighing.rules)
            concern.groups = list(signals.safety)
            concern.rules = rules.name
            concern.found_at = at
            concern.save()
            trail.write("concern_found", concern, tier=concern.tier, rules=concern.reasons)
            found.append(concern)
        _tell(trail, [c for c in found if c.comment_id in known], at_once=1)
        _tell(trail, [c for c in found if c.comment_id not in known], at_once=_TOLD_AT_ONCE)
    return found


def _tell(trail: Trail, concerns: Sequence[Concern], *, at_once: int) -> None:
    """One event each; new ones of a portion, whose ids follow each other, some at a time."""
    for some in _portions(concerns, at_once):
        first, last = some[0], some[-1]
        if first is last:
            trail.publish(
                "understand.concern_found", concern_id=first.pk, comment_id=first.comment_id
            )
        else:
            trail.publish("understand.concerns_found", first_id=first.pk, last_id=last.pk)


def _portions(concerns: Sequence[Concern], size: int) -> Iterator[Sequence[Concern]]:
    for start in range(0, len(concerns), size):
        yield concerns[start : start + size]


def _rises(earlier: str, tier: str) -> bool:
    tiers = concern_rules().tiers
    return tiers.index(tier) < tiers.index(earlier)


def _signals(
    comment_ids: Sequence[int], organisation_id: int, at: datetime
) -> list[tuple[Comment, Signals]]:
    themes: dict[int, set[str]] = defaultdict(set)
    labels = ThemeLabel.objects.filter(comment_id__in=comment_ids, holds=True)
    for comment_id, theme in labels.values_list("comment_id", "theme"):
        themes[comment_id].add(theme)
    readings = CommentReading.objects.in_bulk(comment_ids, field_name="comment_id")
    comments = Comment.objects.filter(pk__in=comment_ids, organisation_id=organisation_id)
    trusted = may_route_by_feeling(organisation_id, until=at.date())
    return [
        (
            comment,
            _signals_of(
                comment, readings.get(comment.pk), frozenset(themes[comment.pk]), trusted=trusted
            ),
        )
        for comment in comments.order_by("pk")
    ]


def _signals_of(
    comment: Comment, reading: CommentReading | None, themes: frozenset[str], *, trusted: bool
) -> Signals:
    """`trusted`: whether the machine's word on feeling is good enough here to route by; what a
    person set always is."""
    share = None
    if comment.rating is not None and comment.rating_max:
        share = float(comment.rating) / comment.rating_max
    by_person = reading is not None and reading.sentiment != reading.machine_sentiment
    return Signals(
        safety=reading.groups if reading else safety_groups(comment.text),
        sentiment=reading.sentiment if reading and (trusted or by_person) else None,
        confidence=(reading.sentiment_confidence or 0.0) if reading else 0.0,
        wants_reply=comment.wants_reply,
        source=comment.source,
        rating_share=share,
        themes=themes,
    )
