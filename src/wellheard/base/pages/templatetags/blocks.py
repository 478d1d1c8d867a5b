"""Components that hold other content: ``{% card heading="..." %} ... {% endcard %}``."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from wellheard.base.pages.templatetags.registry import register


def drawn(part: str, content: str, **context: Any) -> SafeString:
    """Render one part around content that a template has already rendered (and escaped)."""
    return render_to_string(f"wellheard/parts/{part}.html", context | {"content": content})


@register.simple_block_tag
def card(
    content: str, heading: str = "", url: str = "", kind: str = "", note: str = "", level: int = 2
) -> SafeString:
    """A thing that can be picked up. ``url`` makes the whole card one link; ``kind="praise"``."""
    return drawn("card", content, heading=heading, url=url, kind=kind, note=note, level=level)


@register.simple_block_tag
def notice(content: str, kind: str = "info", heading: str = "", role: str = "") -> SafeString:
    """Something the reader should know now: info, action, praise, attention or danger."""
    signs = {"praise": "praise", "attention": "alert", "danger": "danger", "action": "check"}
    return drawn(
        "notice", content, kind=kind, heading=heading, role=role, sign=signs.get(kind, "info")
    )


@register.simple_block_tag
def dialog(content: str, id: str, heading: str) -> SafeString:
    """A native dialog, opened by any ``<button data-dialog="id">``."""
    return drawn("dialog", content, id=id, heading=heading)


@register.simple_block_tag
def filters(content: str, label: str = "", submit: str = "") -> SafeString:
    """A filter bar (method GET) around fields; sends itself with its button, or by staff.js."""
    return drawn("filters", content, label=label, submit=submit)


@register.simple_block_tag
def table(content: str, label: str, stacks: bool = False, classes: str = "") -> SafeString:
    """A table with a name, sticky head and its own sideways scrolling.

    ``stacks=True`` turns rows into small cards on phones; give each td a ``data-label``.
    """
    return drawn("table", content, label=label, stacks=stacks, classes=classes)


@register.simple_block_tag
def timeline(content: str, label: str) -> SafeString:
    """What happened, in order; holds ``{% entry %}`` blocks."""
    return drawn("timeline", content, label=label)


@register.simple_block_tag
def entry(
    content: str, title: str, at: Any = None, who: str = "", sign: str = "note", kind: str = ""
) -> SafeString:
    """One moment of a timeline. ``kind``: "", action, praise, attention, danger."""
    return drawn("entry", content, title=title, at=at, who=who, sign=sign, kind=kind)


@register.simple_block_tag
def menu(
    content: str, label: str, sign: str = "more", side: str = "", text: str = ""
) -> SafeString:
    """A short list of further actions behind one button; holds ``<li>`` with links or buttons."""
    return drawn("menu", content, label=label, sign=sign, side=side, text=text)


@register.simple_block_tag
def more(content: str, label: str, open: bool = False) -> SafeString:
    """A disclosure: "Why we ask this"."""
    return drawn("more", content, label=label, open=open)


@register.simple_block_tag
def care(content: str, heading: str, urgency: str = "") -> SafeString:
    """A care card: what to do and when. ``urgency``: "" (can wait), soon, now."""
    return drawn("care", content, heading=heading, urgency=urgency)


@register.simple_block_tag
def head(content: str, heading: str, lead: str = "", trail: Any = None) -> SafeString:
    """The head of a staff page: breadcrumb, h1, one line of lead; its content is the actions."""
    return drawn("head", content, heading=heading, lead=lead, trail=trail or [])
