"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string


def page(request: HttpRequest) -> dict[str, Any]:
    """``navigation`` (list of groups, made when a staff page asks for it), the mode, the person."""
    return {
        "navigation": SimpleLazyObject(lambda: import_string(settings.NAVIGATION)(request)),
        "demonstration": settings.DEMONSTRATION,
        "person": getattr(request, "person", None),
    }
