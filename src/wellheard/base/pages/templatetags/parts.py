"""Components without content of their own: ``{% badge "New" kind="action" %}``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.base.pages.templatetags.registry import register

AVATAR_TONES = 4
SOON_HOURS = 24


@register.inclusion_tag("wellheard/parts/button.html")
def button(
    text: str,
    kind: str = "",
    url: str = "",
    sign: str = "",
    name: str = "",
    value: str = "",
    dialog: str = "",
    size: str = "",
    keys: str = "",
    id: str = "",
) -> dict[str, Any]:
    """A button, or a link that looks like one when ``url`` is given.

    ``kind``: "" (the one strong action), second, quiet, caution. ``dialog`` opens a dialog by id.
    """
    return {
        "text": text,
        "kind": " ".join(filter(None, (kind, size))),
        "url": url,
        "sign": sign,
        "name": name,
        "value": value,
        "dialog": dialog,
        "keys": keys,
        "id": id,
    }


@register.inclusion_tag("wellheard/parts/badge.html")
def badge(text: str, kind: str = "", sign: str = "") -> dict[str, Any]:
    """A state in a word. ``kind``: "", action, praise, attention, danger, plain, or one of the
    four kinds of variation: better, worse, common, neutral."""
    return {"text": text, "kind": kind, "sign": sign}


@register.inclusion_tag("wellheard/parts/due.html")
def due(
    due_at: datetime | None, now: datetime, rule: str = "", done: bool = False
) -> dict[str, Any]:
    """When something is due, counted from ``now``, with the name of the rule that says so."""
    if done or due_at is None:
        return {"state": "", "text": "", "rule": rule}
    left = due_at - now
    late = left.total_seconds() < 0
    soon = not late and left.total_seconds() <= SOON_HOURS * 3600
    words = _("%(span)s late") if late else _("%(span)s left")
    return {
        "state": "late" if late else "soon" if soon else "fine",
        "sign": "alert" if late else "clock",
        "text": words % {"span": figures.span(left)},
        "due_at": due_at,
        "rule": rule,
    }


@register.inclusion_tag("wellheard/parts/empty.html")
def empty(
    heading: str, text: str = "", url: str = "", action: str = "", sign: str = "ear"
) -> dict[str, Any]:
    """An empty state that teaches one next step."""
    return {"heading": heading, "text": text, "url": url, "action": action, "sign": sign}


@register.inclusion_tag("wellheard/parts/tabs.html")
def tabs(items: list[dict[str, Any]], label: str) -> dict[str, Any]:
    """Views of one thing, each its own address: items of {label, url, current, count}."""
    return {"items": items, "label": label}


@register.inclusion_tag("wellheard/parts/breadcrumb.html")
def breadcrumb(trail: list[dict[str, str]], label: str = "") -> dict[str, Any]:
    """Where this page stands: items of {label, url}; the last one needs no url."""
    return {"trail": trail, "label": label}


@register.inclusion_tag("wellheard/parts/pagination.html", takes_context=True)
def pagination(
    context: Context, page: Page[Any], name: str = "page", label: str = ""
) -> dict[str, Any]:
    """Pages of a list; keeps the other filters in the address."""
    request = context.get("request")
    kept: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    kept.pop(name, None)
    return {
        "page": page,
        "label": label,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "ellipsis": page.paginator.ELLIPSIS,
        "prefix": f"?{kept.urlencode()}&{name}=" if kept else f"?{name}=",
        "total": figures.number(page.paginator.count),
    }


@register.inclusion_tag("wellheard/parts/chips.html")
def chips(items: list[dict[str, str]], clear_url: str = "") -> dict[str, Any]:
    """The filters that are on, each with the address that takes it off: {label, url}."""
    return {"items": items, "clear_url": clear_url}


@register.inclusion_tag("wellheard/parts/undo.html")
def undo(text: str, url: str, seconds: int = 10) -> dict[str, Any]:
    """What was just done, and a button that takes it back while the countdown runs.

    The offer stays until it is used when the page runs without JavaScript.
    """
    return {"text": text, "url": url, "seconds": seconds}


@register.inclusion_tag("wellheard/parts/keys.html")
def keys(combination: str) -> dict[str, Any]:
    """A keyboard hint: ``{% keys "Ctrl+K" %}``."""
    return {"keys": combination.split("+")}


@register.inclusion_tag("wellheard/parts/avatar.html")
def avatar(name: str, named: bool = False) -> dict[str, Any]:
    """Initials of a person on a tone of their own; ``named=True`` writes the name beside it."""
    words = [word for word in name.split() if word[:1].isalpha()]
    ends = words[:1] + words[1:][-1:]
    return {
        "name": name,
        "named": named,
        "initials": "".join(word[0].upper() for word in ends) or "?",
        "tone": sum(map(ord, name)) % AVATAR_TONES,
    }


@register.inclusion_tag("wellheard/parts/steps.html")
def steps(items: list[Any], label: str = "") -> dict[str, Any]:
    """What happens next, in order: plain strings, or {title, text}."""
    return {
        "label": label,
        "items": [item if isinstance(item, dict) else {"text": item} for item in items],
    }


@register.inclusion_tag("wellheard/parts/facts.html")
def facts(items: list[Any]) -> dict[str, Any]:
    """Names and values: pairs, or {name, value, url, change} where a value can be changed."""
    return {
        "items": [
            item if isinstance(item, dict) else {"name": item[0], "value": item[1]}
            for item in items
        ]
    }
