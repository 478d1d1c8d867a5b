"""Indices in words: the value, what it is made of, what is missing, how it moved."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.understand.engagement.queries import IndexPage
from wellheard.understand.engagement.rules import Change, IndexValue, Part


def page_of(page: IndexPage, site_names: dict[int, str]) -> dict[str, Any]:
    """One index, ready for the page."""
    value = page.value
    return {
        "code": value.index.code,
        "title": value.index.title,
        "definition": value.index.definition,
        "figure": value_words(value),
        "formula": formula(value),
        "basis": _("on %(there)s of %(all)s parts")
        % {"there": len(value.parts) - len(value.missing), "all": len(value.parts)},
        "parts": [_part(part) for part in value.parts],
        "missing": [component.title for component in value.missing],
        "change": change_words(page.change),
        "change_kind": _CHANGE_KINDS[page.change.verdict] if page.change else "plain",
        "sites": [
            {"name": site_names.get(site, ""), "figure": value_words(each)}
            for site, each in page.sites
            if each.estimate is not None
        ],
    }


_CHANGE_KINDS = {"better": "better", "worse": "worse", "cannot_tell": "plain"}


def value_words(value: IndexValue) -> str:
    """``74 (70-78)``; the words that it cannot be told."""
    if value.estimate is None:
        return _("cannot tell")
    return f"{figures.number(value.estimate)} ({figures.interval(value.low, value.high)})"


def formula(value: IndexValue) -> str:
    """The sum itself, so that anybody can do it again."""
    there = [part for part in value.parts if part.estimate is not None]
    if value.estimate is None:
        return ""
    terms = " + ".join(
        f"{figures.number(part.component.weight, 2)} × {figures.number(part.estimate, 1)}"
        for part in there
    )
    whole = "" if len(there) == len(value.parts) else f" / {figures.number(value.covered, 2)}"
    return f"({terms}){whole} = {figures.number(value.estimate, 1)}"


def _part(part: Part) -> dict[str, str]:
    component = part.component
    figure = _("no data, or too few")
    if part.estimate is not None:
        figure = figures.figure(part.estimate, n=part.n, low=part.low, high=part.high, unit="")
    return {
        "title": component.title,
        "definition": component.definition,
        "weight": figures.number(component.weight, 2),
        "figure": figure,
        "method": part.method,
        "source": component.item or _SOURCES[component.kind],
    }


_SOURCES = {"retention": "visits", "rated": "reviews", "mood": "comments", "item": ""}


def change_words(change: Change | None) -> str:
    """How far it moved against the four quarters before."""
    if change is None:
        return _("nothing to compare with yet")
    words = {
        "better": _("better than in the year before"),
        "worse": _("worse than in the year before"),
        "cannot_tell": _("cannot tell from the year before"),
    }[change.verdict]
    interval = figures.interval(change.low, change.high)
    return f"{words}: {figures.signed(change.difference)} ({interval})"
