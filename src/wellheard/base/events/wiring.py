"""Finding who reacts: the one page that says so is named in settings.WIRING."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from wellheard.base.events.happening import Happening

Reaction = Callable[[Happening], None]


def reactions_to(name: str) -> Sequence[str]:
    """Dotted paths of the reactions to an event, in the order they run."""
    reactions: dict[str, Sequence[str]] = import_module(settings.WIRING).REACTIONS
    return reactions.get(name, ())


@cache
def reaction(dotted: str) -> Reaction:
    found: Reaction = import_string(dotted)
    return found
