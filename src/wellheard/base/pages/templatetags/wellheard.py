"""The design system's template tags and filters; docs/guide/design.md shows each in use."""

from wellheard.base.pages.templatetags import (
    blocks,
    forms,
    icons,
    page,
    parts,
    reading,
    writing,
)
from wellheard.base.pages.templatetags.registry import register

__all__ = ["blocks", "forms", "icons", "page", "parts", "reading", "register", "writing"]
