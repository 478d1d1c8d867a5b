"""Associations in words that never say why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages import figures
from wellheard.understand.associations.queries import Associations
from wellheard.understand.associations.rules import Found, association_policy

if TYPE_CHECKING:
    from wellheard.measures.association import Association

_VERDICTS = {
    "together": gettext_lazy("go together"),
    "apart": gettext_lazy("go opposite ways"),
    "cannot_tell": gettext_lazy("cannot tell"),
    "too_few": gettext_lazy("too few places"),
}
CSV_COLUMNS = (
    "measure", "outcome", "units", "places", "unit_is", "correlation", "low", "high",
    "adjusted", "adjusted_low", "adjusted_high", "adjusted_for", "level", "method", "verdict",
    "from", "to", "policy", "caution",
)  # fmt: skip


def lines(page: Associations) -> list[dict[str, Any]]:
    """Each outcome with n, the figure as it stands and with case mix out, and one sentence."""
    return [
        {
            "title": found.outcome.title,
            "units": units(found),
            "plain": figure(found.plain),
            "adjusted": figure(found.adjusted),
            "says": _VERDICTS[found.verdict],
            "sentence": sentence(page, found),
        }
        for found in page.found
    ]


def units(found: Found) -> str:
    """``88 quarters of 15 places``."""
    words = {"units": figures.number(found.units), "places": figures.number(found.places)}
    if found.by_quarter:
        return _("%(units)s quarters of %(places)s places") % words
    return _("%(places)s places") % words


def figure(each: Association | None) -> str:
    """``-0.42 (n 88, -0.61 to -0.18)``."""
    if each is None:
        return figures.NO_VALUE
    basis = figures.basis(each.n, each.low, each.high, 2)
    return figures.isolate(f"{figures.number(each.estimate, 2)} ({basis})")


def sentence(page: Associations, found: Found) -> str:
    """What stands there, in one sentence with n and without a cause."""
    if found.verdict == "too_few":
        return _("%(outcome)s: at fewer than 8 places both are known; nothing can be told.") % {
            "outcome": found.outcome.title
        }
    parts = {"measure": page.measure.title, "n": units(found), "outcome": found.outcome.title}
    if found.verdict == "cannot_tell":
        return (
            _("Over %(n)s, %(measure)s and %(outcome)s cannot be told to go along beyond chance.")
            % parts
        )
    outcome = found.outcome
    parts["words"] = outcome.more_words if found.verdict == "together" else outcome.less_words
    return (
        _(
            "Over %(n)s: where %(measure)s is higher, %(words)s, also with the mix of people "
            "taken out; why is not known."
        )
        % parts
    )


def csv_rows(page: Associations) -> list[Sequence[Any]]:
    """What the page shows, each row with its caution."""
    policy = association_policy()
    return [
        (
            page.measure.title, found.outcome.title, found.units, found.places,
            "place and quarter" if found.by_quarter else "place",
            *_three(found.plain), *_three(found.adjusted),
            "mean age, share of surgical stays" if found.adjusted else "",
            policy.level, _method(found),
            found.verdict, page.period.start.first_day, page.period.stop.first_day,
            policy.name, policy.caution,
        )
        for found in page.found
    ]  # fmt: skip


def _three(each: Association | None) -> tuple[Any, Any, Any]:
    if each is None:
        return ("", "", "")
    return (round(each.estimate, 3), round(each.low, 3), round(each.high, 3))


def _method(found: Found) -> str:
    each = found.adjusted or found.plain
    return each.method if each else ""
