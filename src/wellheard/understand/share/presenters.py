"""Shares, rivals and sources in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.measures.market import BoundedShare
from wellheard.understand.share.referrals import Referrals
from wellheard.understand.share.rules import Market


def share_words(share: BoundedShare) -> str:
    """``32 % (n 1300, 31.6–33.3)``: of published cases, with the bounds of the others."""
    if share.published is None:
        return _("only bounds: %(bounds)s") % {"bounds": _bounds(share)}
    low, high = 100 * share.low, 100 * share.high
    return figures.figure(100 * share.published, n=share.n, low=low, high=high, decimals=1)


def _bounds(share: BoundedShare) -> str:
    bounds = figures.interval(100 * share.low, 100 * share.high, 1)
    return f"{bounds}{figures.NARROW_SPACE}%"


def market_words(market: Market, names: Mapping[str, str], *, most: int) -> dict[str, Any]:
    """What the page says of the market."""
    return {
        "year": market.year,
        "whole": share_words(market.whole),
        "years": [
            {
                "year": each.year,
                "share": share_words(each.share),
                "ours": each.share.ours,
                "hidden": each.share.hidden,
                "change": change_words(each.change),
                "kind": {"higher": "better", "lower": "worse"}.get(each.change, "plain"),
            }
            for each in market.years
        ],
        "followed": market.followed,
        "count": len(market.areas),
        "areas": [
            {
                "area": each.area,
                "ours": each.share.ours,
                "share": share_words(each.share),
                "hidden": each.share.hidden,
                "largest": names.get(each.largest, ""),
            }
            for each in market.areas[:most]
        ],
        "more": max(0, len(market.areas) - most),
    }


def rival_lines(market: Market, names: Mapping[str, str], *, most: int) -> list[dict[str, Any]]:
    """The other hospitals of the area, the largest first."""
    return [
        {"name": names[code], "code": code, "share": share_words(share), "cases": share.ours}
        for code, share in market.rivals[:most]
    ]


def change_words(change: str) -> str:
    return {
        "higher": _("higher"),
        "lower": _("lower"),
        "cannot_tell": _("cannot tell: the bounds meet"),
    }.get(change, "")


def source_lines(found: Referrals) -> list[dict[str, Any]]:
    """Sources of new patients, the largest first."""
    says = {
        "more": _("more"),
        "less": _("less"),
        "cannot_tell": _("cannot tell"),
    }
    lines = []
    for each in found.sources:
        low, high = 100 * each.share.low, 100 * each.share.high
        people, change = round(each.share.count), each.change
        lines.append(
            {
                "name": each.source[:1].upper() + each.source[1:],
                "people": people,
                "share": figures.figure(100 * each.share.estimate, n=found.n, low=low, high=high),
                "change": ""
                if change is None
                else f"{figures.signed(100 * change.estimate)} "
                f"({figures.interval(100 * change.low, 100 * change.high, 1)})",
                "says": says.get(each.says, ""),
                "kind": {"more": "better", "less": "worse"}.get(each.says, "plain"),
            }
        )
    return lines
