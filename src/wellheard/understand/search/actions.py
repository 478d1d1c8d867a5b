"""Keeping the index in step with comments and their readings, and keeping sought words apart."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.models import Comment
from wellheard.understand.search.models import SearchText, SoughtWords
from wellheard.understand.search.policy import search_policy
from wellheard.understand.search.rules import index_text

_LONGEST = 300


def index_comments(comment_ids: Sequence[int]) -> int:
    """Take the words of these comments into the index, or take them anew. How many."""
    comments = Comment.objects.filter(pk__in=comment_ids).exclude(text="")
    rows = [
        _row(organisation_id, pk, text, masked)
        for organisation_id, pk, text, masked in comments.values_list(
            "organisation_id", "pk", "text", "reading__masked_text"
        )
    ]
    SearchText.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["comment"],
        update_fields=["plain", "masked"],
    )
    return len(rows)


def _row(organisation_id: int, comment_id: int, text: str, masked: str | None) -> SearchText:
    plain = index_text(text)
    # Not read yet: nothing may be found by those who read masked words.
    hidden = index_text(masked or "")
    return SearchText(
        organisation_id=organisation_id,
        comment_id=comment_id,
        plain=plain,
        masked=None if hidden == plain else hidden,
    )


def keep_words(words: str, *, by: Actor, at: datetime) -> str:
    """Keep what somebody looks for, sealed; the key under which only they find it again."""
    typed = " ".join(words.split())[:_LONGEST]
    if not typed:
        return ""
    row = SoughtWords.objects.create(
        key=secrets.token_urlsafe(18),
        organisation_id=by.organisation_id,
        user_id=int(by.ref),
        words=typed,
        at=at,
    )
    return row.key


def forget_words(now: datetime) -> None:
    """Periodic work: sought words are kept for a few weeks, so that an address still opens."""
    oldest = now - timedelta(days=search_policy().words_kept_days)
    SoughtWords.objects.filter(at__lt=oldest).delete()


def index_missing(now: datetime) -> None:
    """Periodic work: comments that were there before the index, or that it missed."""
    missing = Comment.objects.filter(sought__isnull=True, reading__isnull=False).exclude(text="")
    at_once = search_policy().indexed_at_once
    while ids := list(missing.order_by("pk").values_list("pk", flat=True)[:at_once]):
        index_comments(ids)
