"""A change and what came after it, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.prove.charts.presenters.sentences import figure_of
from wellheard.prove.effects.models import Change
from wellheard.prove.effects.queries import before_after
from wellheard.prove.effects.rules import Effect, effect_policy
from wellheard.understand.facts.slices import Month
from wellheard.understand.scores.rules import Measure

_BADGES = {
    "better": "better",
    "worse": "worse",
    "not_better": "common",
    "cannot_tell": "plain",
    "too_early": "plain",
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change with its verdict; the letter stands in the chart."""

    letter: str
    change: Change
    verdict: str
    badge: str
    says: str
    new_level_from: date | None


def change_lines(changes: Iterable[Change], measure: Measure, *, until: date) -> list[ChangeLine]:
    """Every change with before, after and the difference."""
    return [
        _line(letter, change, before_after(change, measure, until=until))
        for letter, change in zip(ascii_uppercase, changes, strict=False)
    ]


def _line(letter: str, change: Change, effect: Effect) -> ChangeLine:
    return ChangeLine(
        letter,
        change,
        _verdict(effect),
        _BADGES[effect.verdict],
        _says(effect),
        _new_level(change, effect),
    )


def _new_level(change: Change, effect: Effect) -> date | None:
    """A proven difference with a recorded reason sets a chart's limits anew, one month later."""
    if effect.verdict not in ("better", "worse"):
        return None
    return Month.containing(change.started_on).plus(1).first_day


def _verdict(effect: Effect) -> str:
    return {
        "better": _("better since"),
        "worse": _("worse since"),
        "not_better": _("not better"),
        "cannot_tell": _("cannot tell"),
        "too_early": _("too early to tell"),
    }[effect.verdict]


def _says(effect: Effect) -> str:
    if effect.verdict == "too_early":
        return _("At least %(months)s whole months must have passed.") % {
            "months": effect_policy().fewest_months
        }
    if effect.before is None or effect.after is None:
        return _("Too few answers before or after.")
    return _("Before %(before)s, after %(after)s: %(gap)s points (%(interval)s).") % {
        "before": figure_of(effect.before),
        "after": figure_of(effect.after),
        "gap": figures.signed(effect.gap, 0),
        "interval": figures.interval(effect.low, effect.high),
    }
