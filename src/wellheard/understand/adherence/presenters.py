"""What came of reminders, in words that say what the design can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.base.pages import figures
from wellheard.understand.adherence.queries import Programme
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.disclosure.rules import may_show

if TYPE_CHECKING:
    from wellheard.measures.effects import Effect
    from wellheard.measures.intervals import Difference, Mean

DESIGNS = {
    "observational": gettext_lazy("Observed"),
    "before_after": gettext_lazy("Before and after"),
    "randomised": gettext_lazy("Randomised"),
}
# What each design can tell; on the page and in every row of the file.
CAUTIONS = {
    "observational": gettext_lazy(
        "An association: who was reminded was not left to chance, and may differ in more than the "
        "strata hold."
    ),
    "before_after": gettext_lazy(
        "The same people before and after: whatever else changed meanwhile is in the difference, "
        "and people chosen for taking too little come back toward the middle by themselves."
    ),
    "randomised": gettext_lazy(
        "Who was reminded was left to chance: the difference is what the reminders did, if nobody "
        "was left out afterwards."
    ),
}
_STRATA = {
    "medicine": gettext_lazy("medicine"),
    "age_band": gettext_lazy("age"),
    "sex": gettext_lazy("sex"),
    "payer": gettext_lazy("payer"),
}
_VERDICTS = {
    "more": (gettext_lazy("more days with reminders"), "better"),
    "less": (gettext_lazy("fewer days with reminders"), "worse"),
    "cannot_tell": (gettext_lazy("cannot tell"), "plain"),
}
CSV_COLUMNS = (
    "programme", "design", "people", "mean_reminded", "mean_other", "difference", "low", "high",
    "method", "within", "rule", "caution",
)  # fmt: skip


def lines(found: Sequence[Programme]) -> list[dict[str, Any]]:
    """Each programme with its comparison and what it can tell."""
    return [_line(each) for each in found]


def _line(each: Programme) -> dict[str, Any]:
    told = {
        "name": each.name,
        "design": DESIGNS[each.design],
        "caution": CAUTIONS[each.design],
        "people": people(each.people),
        "first": each.first,
        "last": each.last,
        "rows": [],
        "says": _("too few to compare"),
        "kind": "plain",
    }
    compared = each.compared
    if compared is None:
        return told
    words, kind = _VERDICTS[compared.verdict]
    rows = [(_effect_name(compared.within, each.design), effect_words(compared.effect))]
    if compared.plain is not None and compared.within:
        rows.append((_("The same without strata"), effect_words(compared.plain)))
    if compared.adherent is not None:
        rows.append((_("People with at least 80 % of days"), share_words(compared.adherent)))
    reminded, others = compared.arms
    means = ((_("With reminders"), _mean(reminded)), (_("Without"), _mean(others)))
    return told | {"says": words, "kind": kind, "rows": [*means, *rows]}


def _mean(arm: Mean) -> str:
    return figures.figure(arm.estimate, n=arm.n, low=arm.low, high=arm.high, decimals=1)


def _effect_name(within: Sequence[str], design: str) -> str:
    if within:
        strata = ", ".join(str(_STRATA[name]) for name in within)
        return _("Difference within %(strata)s") % {"strata": strata}
    if design == "before_after":
        return _("Change of the same people")
    return _("Difference")


def effect_words(effect: Effect) -> str:
    """``+6.2 points (n 210 and 190, 3.9-8.5)``."""
    n = f"n{figures.NARROW_SPACE}{figures.number(effect.n)}"
    if effect.method != "paired t":
        n = f"{n} / {figures.number(effect.n_other)}"
    interval = figures.interval(effect.low, effect.high, 1)
    return figures.isolate(f"{figures.signed(effect.estimate)} ({n}, {interval})")


def share_words(found: Difference) -> str:
    """``62 % / 51 %: +11 (n 210 / 190, 2-20)``."""
    first, second = (figures.percent(100 * each.estimate) for each in (found.first, found.second))
    sizes = f"{figures.number(found.first.n)} / {figures.number(found.second.n)}"
    told = f"n{figures.NARROW_SPACE}{sizes}, "
    told += figures.interval(100 * found.low, 100 * found.high, 0)
    return figures.isolate(
        f"{first} / {second}: {figures.signed(100 * found.estimate, 0)} ({told})"
    )


def people(n: int) -> str:
    """A count, or that it is too small to tell."""
    least = load_policy().minimum_group
    return figures.number(n) if may_show(n, least) else _("fewer than %(n)s") % {"n": least}


def csv_rows(found: Sequence[Programme], rule: str) -> list[Sequence[Any]]:
    """What the page shows, each row with what its design can tell."""
    rows: list[Sequence[Any]] = []
    for each in found:
        if each.compared is None:
            continue
        effect = each.compared.effect
        means = [arm.estimate for arm in each.compared.arms]
        values = (*means, effect.estimate, effect.low, effect.high)
        rows.append(
            (each.name, each.design, each.compared.people, *(round(v, 2) for v in values),
             effect.method, " ".join(each.compared.within), rule, CAUTIONS[each.design])
        )  # fmt: skip
    return rows
