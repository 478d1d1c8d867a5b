"""Our own signs as inline SVG: no request, the colour of the text around them."""

import json
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString

from wellheard.base.pages.templatetags.registry import register

PATHS: dict[str, str] = json.loads(
    (Path(__file__).resolve().parent.parent / "icons.json").read_text(encoding="utf-8")
)
# Signs that point along the line of reading turn round in right-to-left pages; clocks do not.
DIRECTED = frozenset({"back", "forward", "send", "undo", "signout", "list", "quote"})


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One sign. Without ``label`` it is decoration and hidden from screen readers.

    An unknown name raises KeyError, so that a misspelt sign fails in the first test of its page.
    """
    turned = " icon-flip" if name in DIRECTED else ""
    if label:
        return format_html(
            '<svg class="icon{}" viewBox="0 0 24 24" role="img" aria-label="{}">'
            '<path d="{}"/></svg>',
            turned,
            label,
            PATHS[name],
        )
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>',
        turned,
        PATHS[name],
    )
