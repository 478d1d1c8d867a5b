"""The balanced set in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages import figures
from wellheard.prove.balance.rules import (
    BalancePolicy,
    Chosen,
    Latest,
    Offered,
    UnbalancedError,
)

_VERDICTS = {
    "common": (gettext_lazy("ordinary variation"), "plain"),
    "better": (gettext_lazy("a change for the better"), "better"),
    "worse": (gettext_lazy("a change for the worse"), "worse"),
    "neutral": (gettext_lazy("a change"), "plain"),
    "cannot_tell": (gettext_lazy("cannot tell yet"), "plain"),
}
CSV_COLUMNS = (
    "family", "measure", "value", "unit", "n", "low", "high", "from", "to", "trend", "points",
    "method", "set", "policy",
)  # fmt: skip


def families(
    chosen: Chosen, latest: Mapping[str, Latest], policy: BalancePolicy
) -> list[dict[str, Any]]:
    """Each family with its measures as they stand."""
    return [
        {
            "code": family.code,
            "title": family.title,
            "why": family.why,
            "lines": [line(latest[code]) for code in chosen.get(family.code, ()) if code in latest],
        }
        for family in policy.families.values()
    ]


def line(each: Latest) -> dict[str, Any]:
    """One measure: value with n and interval, period, trend."""
    words, kind = _VERDICTS[each.verdict]
    return {
        "title": each.title,
        "figure": figure(each),
        "of_what": each.of_what,
        "period": period(each),
        "says": words if each.value is not None else "",
        "kind": kind,
        "points": each.points,
        "method": each.method,
    }


def figure(each: Latest) -> str:
    """``78.4 % (n 412, 74.1-82.0)``; why there is none when there is none."""
    if each.value is None:
        return _("no data, or too few")
    value = figures.with_unit(each.value, each.unit, each.decimals)
    if each.n is None:
        return figures.isolate(value)
    basis = figures.basis(each.n, each.low, each.high, each.decimals)
    return figures.isolate(f"{value} ({basis})")


def period(each: Latest) -> str:
    """The days the newest value is of."""
    if each.start is None or each.stop is None:
        return ""
    last = each.stop - timedelta(days=1)
    return _("%(start)s to %(stop)s") % {
        "start": figures.long_date(each.start),
        "stop": figures.long_date(last),
    }


def refusal(error: UnbalancedError, policy: BalancePolicy) -> str:
    """Why a set is not published, naming each family that is empty."""
    if error.empty:
        names = ", ".join(policy.families[code].title for code in error.empty)
        return _("Not published: no measure stands for %(families)s.") % {"families": names}
    return _("Not published: a measure was chosen that is none.")


def choices(
    offered: Mapping[str, Offered], chosen: Chosen, policy: BalancePolicy
) -> list[dict[str, Any]]:
    """What may be chosen, by family, with what is."""
    return [
        {
            "code": family.code,
            "title": family.title,
            "why": family.why,
            "options": [
                (each.code, each.title, each.code in chosen.get(family.code, ()))
                for each in offered.values()
                if each.family == family.code
            ],
        }
        for family in policy.families.values()
    ]


def csv_rows(
    chosen: Chosen, latest: Mapping[str, Latest], version: int, policy: str
) -> list[Sequence[Any]]:
    """The set as a file."""
    return [
        (
            family, each.title, _round(each.value), each.unit, each.n, _round(each.low),
            _round(each.high), each.start, each.stop, each.verdict, each.points, each.method,
            version, policy,
        )
        for family, codes in chosen.items()
        for code in codes
        if (each := latest.get(code)) is not None
    ]  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
