"""Long-term health in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.listen.followups.presenters import when
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.disclosure.rules import may_show
from wellheard.understand.longterm.queries import After, LongTerm
from wellheard.understand.longterm.rules import Apart, Change

CAUTION = (
    "People who were content may have been better already, and those who answer months later are "
    "not everybody: what goes along with an experience is not shown to come from it."
)
CSV_COLUMNS = (
    "months_after", "score", "group", "n", "first", "later", "change", "low", "high", "method",
    "rule", "caution",
)  # fmt: skip


def times(found: LongTerm) -> list[dict[str, Any]]:
    """One block for each time of asking, with a line for each score."""
    found_times = []
    for months, group in groupby(found.afters, key=lambda each: each.months):
        afters = list(group)
        is_split = any(each.content is not None for each in afters)
        lines = [_line(each) for each in afters]
        found_times.append({"name": when(months), "lines": lines, "is_split": is_split})
    return found_times


def _line(after: After) -> dict[str, Any]:
    change = after.change
    return {
        "title": after.score.title,
        "change": change_words(change),
        "from_to": from_to(change),
        "says": verdict_words(change),
        "kind": change.verdict if change and change.verdict != "cannot_tell" else "plain",
        "content": change_words(after.content),
        "other": change_words(after.other),
        "apart": apart_words(after.apart),
    }


def change_words(change: Change | None) -> str:
    """``+4.2 (n 120, 1.9-6.5)``; a dash when too few may be shown."""
    if change is None:
        return figures.NO_VALUE
    basis = figures.basis(change.n, change.low, change.high, 1)
    return figures.isolate(f"{figures.signed(change.estimate)} ({basis})")


def from_to(change: Change | None) -> str:
    """The score the first time and later, of the same people."""
    if change is None:
        return figures.NO_VALUE
    return f"{figures.number(change.before, 1)} → {figures.number(change.after, 1)}"


def apart_words(found: Apart | None) -> str:
    """How far the two groups' changes lie apart, or that it cannot be told."""
    if found is None:
        return _("cannot tell")
    interval = figures.interval(found.low, found.high, 1)
    return figures.isolate(f"{figures.signed(found.estimate)} ({interval})")


def verdict_words(change: Change | None) -> str:
    """What the interval says of the change."""
    if change is None:
        return _("too few")
    return {
        "better": _("better than at first"),
        "worse": _("worse than at first"),
        "cannot_tell": _("cannot tell"),
    }[change.verdict]


def places(found: LongTerm, names: Mapping[int, str]) -> list[dict[str, str]]:
    """Places by name: places are not ranked."""
    rows = [
        {"name": names.get(place, ""), "change": change_words(change), "from_to": from_to(change)}
        for place, change in found.places
        if change is not None
    ]
    return sorted(rows, key=lambda row: row["name"])


def people(n: int) -> str:
    """A count, or that it is too small to tell."""
    least = load_policy().minimum_group
    return figures.number(n) if may_show(n, least) else _("fewer than %(n)s") % {"n": least}


def csv_rows(found: LongTerm, rule: str) -> list[Sequence[Any]]:
    """What the page shows of changes, each row with its caution."""
    rows: list[Sequence[Any]] = []
    for each in found.afters:
        groups = (("all", each.change), ("content", each.content), ("not content", each.other))
        for group, change in groups:
            if change is not None:
                told = (change.before, change.after, change.estimate, change.low, change.high)
                rows.append(
                    (each.months, each.score.code, group, change.n, *(round(v, 2) for v in told),
                     change.method, rule, CAUTION)
                )  # fmt: skip
    return rows
