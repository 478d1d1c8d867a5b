"""Readying Django for a command."""

from __future__ import annotations

import os
from pathlib import Path


def ready() -> None:
    """Load settings and rooms. Call at the start of a command, not at import."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
    from django.conf import settings

    Path(settings.HOME).mkdir(parents=True, exist_ok=True, mode=0o700)
    django.setup()
