"""Readmissions in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages import figures
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.disclosure.rules import may_show
from wellheard.understand.readmissions.queries import PlaceRate, Tallies
from wellheard.understand.scores.rules import Score

_LEFT_OUT = {
    "died": gettext_lazy("The person died"),
    "hospice": gettext_lazy("Went to a hospice"),
    "left": gettext_lazy("Left against advice"),
    "psychiatric": gettext_lazy("Psychiatric stay"),
    "not_over": gettext_lazy("The 30 days are not over yet"),
    "still_here": gettext_lazy("Still here"),
}
CSV_COLUMNS = (
    "place", "months", "stays", "came_back_percent", "low", "high", "method", "experience",
    "experience_value", "experience_low", "experience_high", "experience_n", "rule", "note",
)  # fmt: skip


def score_words(score: Score | None) -> str:
    """``12 % (n 412, 9-15)``; a dash when too few may be shown."""
    if score is None:
        return figures.NO_VALUE
    unit = "%" if score.measure.statistic == "top_box" else ""
    return figures.figure(
        score.estimate, n=score.n, low=score.low, high=score.high, unit=unit, decimals=1
    )


def lines(rows: Iterable[PlaceRate], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Places by name: places are not ranked."""
    return sorted(
        (
            {
                "pk": row.place,
                "name": names.get(row.place, ""),
                "rate": score_words(row.score),
                "experience": score_words(row.experience),
                "few": row.score.is_low,
            }
            for row in rows
        ),
        key=lambda line: str(line["name"]),
    )


def counted(found: Tallies) -> list[tuple[str, str]]:
    """What was counted over all months read, and what was left out by which rule."""
    followed = found.followed
    planned = sum(each.planned for each in followed.index)
    rows = [
        (_("Stays followed for 30 days"), len(followed.index)),
        (_("First return was planned: not counted"), planned),
        (_("Joined to the stay before by a transfer"), followed.joined),
        *((str(_LEFT_OUT[why]), n) for why, n in sorted(followed.left_out.items())),
        (_("Nobody says who it was: cannot be followed"), found.unknown),
    ]
    return [(words, few(n)) for words, n in rows]


def untold(found: Tallies) -> str:
    """How far the hospital says whether an admission was planned."""
    followed = found.followed
    if not followed.untold or not followed.admissions:
        return ""
    share = 100 * followed.untold / followed.admissions
    return _(
        "Of %(share)s of admissions nobody says whether they were planned; those booked a day or "
        "more before are taken as planned, others as not."
    ) % {"share": figures.percent(share)}


def few(n: int) -> str:
    """A count, or that it is too small to tell."""
    least = load_policy().minimum_group
    return figures.number(n) if may_show(n, least) else _("fewer than %(n)s") % {"n": least}


def csv_rows(
    rows: Iterable[PlaceRate], names: Mapping[int, str], months: str, rule: str, title: str
) -> list[Sequence[Any]]:
    """The table as a file, each row with its rule and what it is not."""
    note = "Not adjusted for who was treated; set beside experience as sums, not by person"
    return [
        (
            names.get(row.place, ""), months, row.score.n, *_three(row.score), row.score.method,
            title, *_three(row.experience), row.experience.n if row.experience else "", rule, note,
        )
        for row in rows
    ]  # fmt: skip


def _three(score: Score | None) -> tuple[Any, Any, Any]:
    if score is None:
        return ("", "", "")
    return (round(score.estimate, 2), round(score.low, 2), round(score.high, 2))
