"""Filters that write numbers and moments; the rules are in ``figures``."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from wellheard.base.pages import figures
from wellheard.base.pages.figures import Number
from wellheard.base.pages.templatetags.registry import register


@register.filter
def number(value: Number | None, decimals: int = 0) -> str:
    """``{{ 12345|number }}`` -> 12 345."""
    return figures.number(value, decimals)


@register.filter
def signed(value: Number | None, decimals: int = 1) -> str:
    """``{{ change|signed }}`` -> +1.8."""
    return figures.isolate(figures.signed(value, decimals))


@register.filter
def percent(value: Number | None, decimals: int = 0) -> str:
    """``{{ 78|percent }}`` -> 78 %."""
    return figures.isolate(figures.percent(value, decimals))


@register.filter
def long_date(value: date | datetime | None) -> str:
    """``{{ received_at|long_date }}`` -> 3 November 2026."""
    return figures.long_date(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``{{ received_at|moment }}`` -> a <time> that staff.js may show as "2 hours ago"."""
    if value is None:
        return figures.NO_VALUE
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), figures.long_moment(value)
    )


@register.simple_tag
def figure(
    value: Number | None,
    n: int | None = None,
    low: Number | None = None,
    high: Number | None = None,
    unit: str = "%",
    decimals: int = 0,
) -> SafeString:
    """``{% figure 78 n=412 low=74 high=82 %}`` -> 78 % (n 412, 74-82)."""
    return format_html(
        '<span class="figure" dir="ltr"><b>{}</b> <span>({})</span></span>',
        figures.with_unit(value, unit, decimals),
        figures.basis(n, low, high, decimals),
    )
