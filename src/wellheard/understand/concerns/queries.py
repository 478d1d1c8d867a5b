"""Reads of concerns for other rooms."""

from __future__ import annotations

from wellheard.understand.concerns.models import Concern
from wellheard.understand.concerns.policy import concern_rules


def concern(concern_id: int) -> Concern:
    """The concern with its comment and place; raises Concern.DoesNotExist."""
    return Concern.objects.select_related("comment__place", "comment__site").get(pk=concern_id)


def reasons_in_words(concern: Concern) -> list[str]:
    """Why the comment needs a person, a sentence each."""
    return [concern_rules().says(rule) for rule in concern.reasons]
