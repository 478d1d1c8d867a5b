"""Somebody listens to every event, so that tests can read what was told."""

from __future__ import annotations

REACTIONS = {
    name: ("wellheard.understand.concerns.tests.wiring.hear",)
    for name in (
        "understand.comment_labelled", "understand.comments_labelled",
        "understand.comment_corrected", "understand.concern_found",
    )
}  # fmt: skip


def hear(happening: object) -> None:
    """Nothing more."""
