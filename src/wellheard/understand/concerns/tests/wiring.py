"""Somebody listens to every event, so that tests can read what was told."""

from __future__ import annotations

_EVENTS = (
    "understand.comment_labelled",
    "understand.comments_labelled",
    "understand.comment_corrected",
    "understand.concern_found",
    "understand.concerns_found",
)
REACTIONS = dict.fromkeys(_EVENTS, ("wellheard.understand.concerns.tests.wiring.hear",))


def hear(happening: object) -> None:
    """Nothing more."""
