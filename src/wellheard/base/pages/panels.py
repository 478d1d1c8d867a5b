"""Panels: what a higher room shows on a lower room's page.

The lower page names a slot; ``settings.WIRING`` (PANELS) names by dotted path who fills it. A
panel is a function ``(request, subject) -> str``: safe HTML, or "" when it has nothing to say.
Some slots ask for something else than HTML; the page that has the slot says what.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from sys import modules
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString


@cache
def fillers(slot: str) -> tuple[Callable[..., Any], ...]:
    """The functions that fill a slot, in the order the wiring lists them."""
    dotted = import_module(settings.WIRING).PANELS.get(slot, ())
    return tuple(import_string(path) for path in dotted)


def panels(slot: str, request: HttpRequest, subject: object) -> list[SafeString]:
    """What the panels of a slot show about ``subject``; those with nothing to say are left out."""
    drawn = (fill(request, subject) for fill in fillers(slot))
    return [SafeString(text) for text in drawn if text]


@cache
def sheets(slot: str) -> tuple[str, ...]:
    """The static stylesheets of the features that fill a slot, for the head of the lower page."""
    found: dict[str, None] = {}
    for fill in fillers(slot):
        folder = Path(str(modules[fill.__module__].__file__)).parent
        sheet = f"{folder.name}/{folder.name}.css"
        if (folder / "static" / sheet).exists():
            found[sheet] = None
    return tuple(found)
