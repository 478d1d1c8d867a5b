"""Spreads and touchpoints in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.listen.stages.presenters import STAGES
from wellheard.measures.spread import Spread, Standing
from wellheard.understand.consistency.queries import Compared, ItemPage, PlaceCompared
from wellheard.understand.consistency.rules import Change, Consistency, Says


def item_names() -> dict[str, str]:
    """The core items, as short as a table needs them."""
    return {
        "mark": _("The mark on the card"),
        "respect": _("Met with respect"),
        "clear": _("Told clearly what happens next"),
        "easy": _("Easy to get what was needed"),
    }


def says_words(says: Says) -> tuple[str, str]:
    """What a spread says, and the kind of its badge."""
    return {
        "uneven": (_("not the same everywhere"), "worse"),
        "even": (_("even"), "better"),
        "cannot_tell": (_("cannot tell"), "plain"),
    }[says]


def change_words(change: Change) -> str:
    return {
        "wider": _("further apart"),
        "narrower": _("closer together"),
        "cannot_tell": _("cannot tell"),
    }[change]


def spread_words(spread: Spread | None) -> str:
    """``8.2 (n 412, 5.1–11.0)``: points between groups, beyond chance."""
    if spread is None:
        return ""
    return figures.figure(
        spread.sd, n=spread.n, low=spread.low, high=spread.high, unit="", decimals=1
    )


def item_line(found: Compared) -> dict[str, Any]:
    """One core item between the stages."""
    return {"code": found.item.code, "name": item_names()[found.item.code], **_line(found)}


def place_lines(page: ItemPage, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each place with several touchpoints, the most uneven first."""
    order = sorted(
        page.places, key=lambda each: -(each.found.spread.sd if each.found.spread else 0)
    )
    return [
        {
            "name": names[str(each.place)],
            "spots": standing_lines(each.found, names),
            **_line(each),
        }
        for each in order
    ]


def _line(found: Compared | PlaceCompared) -> dict[str, Any]:
    now = found.along if isinstance(found, Compared) else found.found
    words, kind = says_words(now.says)
    return {
        "spread": spread_words(now.spread),
        "groups": now.spread.groups if now.spread else None,
        "says": words,
        "kind": kind,
        "before": spread_words(found.before.spread),
        "change": change_words(found.change) if found.before.spread else "",
    }


def standing_lines(found: Consistency, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each group with its mean and how far it is from all others, the lowest first."""
    return [
        {
            "name": names[each.group],
            "mean": figures.figure(each.mean, n=each.n, low=each.low, high=each.high, unit=""),
            "difference": f"{figures.signed(each.difference)} "
            f"({figures.interval(each.difference_low, each.difference_high, 1)})",
            "says": _standing(each),
            "kind": ("worse" if each.difference < 0 else "better") if each.stands_out else "plain",
        }
        for each in sorted(found.standings, key=lambda one: one.difference)
    ]


def stage_names() -> dict[str, str]:
    return {code: str(name) for code, (name, _who) in STAGES.items()}


def sentence(each: Standing, names: Mapping[str, str]) -> str:
    """Which touchpoint stands out, and by how much."""
    words = _("%(name)s: %(points)s points below the others")
    if each.difference > 0:
        words = _("%(name)s: %(points)s points above the others")
    points = figures.number(abs(each.difference), 1)
    return words % {"name": names[each.group], "points": points}


def _standing(each: Standing) -> str:
    if not each.stands_out:
        return _("cannot tell: within chance")
    return _("below the others") if each.difference < 0 else _("above the others")
