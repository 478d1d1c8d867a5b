"""Cards in words, and where everything in a calibration chart stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.measures.intervals import wilson
from wellheard.measures.risk.card import Card
from wellheard.measures.risk.figures import Bin, GroupQuality, Interval
from wellheard.understand.predictions.models import DriftCheck, RiskPrediction
from wellheard.understand.predictions.queries import Standing
from wellheard.understand.predictions.rules import use_policy

# Fewer predictions are not shown, and fewer than the second not judged.
_SMALL, _JUDGED = 11, 100


@dataclass(frozen=True, slots=True)
class Spot:
    """One bin in the chart: its place and the ends of its interval, in percent of the frame."""

    x: str
    y: str
    top: str
    bottom: str
    says: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A calibration chart: predicted along, observed upwards, both from 0 to ``top`` percent."""

    says: str
    spots: tuple[Spot, ...]
    ticks: tuple[tuple[str, str, str], ...]
    rows: tuple[dict[str, str], ...]


def title_of(kind: str) -> str:
    """The name of a kind of model."""
    return str(use_policy()["kinds"][kind]["title"])


def curve_of(card: Card) -> Curve:
    """The calibration chart of a card, with its table and its sentence."""
    bins = card.quality.bins
    top = _round_up(max(max(each.high, each.predicted) for each in bins))
    step = top / 4
    ticks = tuple(
        (f"{25 * i}%", f"{100 - 25 * i}%", figures.percent(round(100 * step * i))) for i in range(5)
    )
    return Curve(_curve_says(card), tuple(_spot(each, top) for each in bins), ticks, _rows(bins))


def _round_up(value: float) -> float:
    return next(top for top in (0.04, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if value <= top or top == 1.0)


def _spot(each: Bin, top: float) -> Spot:
    says = _("predicted %(predicted)s, observed %(observed)s (%(low)s to %(high)s), n %(n)s") % {
        "predicted": _share(each.predicted),
        "observed": _share(each.observed),
        "low": _share(each.low),
        "high": _share(each.high),
        "n": figures.number(each.n),
    }
    return Spot(
        x=f"{100 * each.predicted / top:.2f}%",
        y=f"{100 - 100 * each.observed / top:.2f}%",
        top=f"{max(0.0, 100 - 100 * each.high / top):.2f}%",
        bottom=f"{100 - 100 * each.low / top:.2f}%",
        says=says,
    )


def _rows(bins: Sequence[Bin]) -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "predicted": _share(each.predicted),
            "observed": _share(each.observed),
            "interval": f"{_share(each.low)} – {_share(each.high)}",
            "n": figures.number(each.n),
        }
        for each in bins
    )


def _curve_says(card: Card) -> str:
    off = sum(not each.low <= each.predicted <= each.high for each in card.quality.bins)
    if off == 0:
        return _("Where it said a share, about that share happened, in every group of predictions.")
    return _(
        "In %(off)s of %(all)s groups of predictions what happened differs from what was said."
    ) % {"off": off, "all": len(card.quality.bins)}


def lines_of(card: Card) -> list[tuple[str, str]]:
    """The quality of a card in words a manager can read."""
    quality = card.quality
    level = figures.percent(round(100 * quality.level))
    return [
        (
            _("Tested on"),
            _("n %(n)s, %(events)s with the event (%(share)s)")
            % {
                "n": figures.number(quality.n),
                "events": figures.number(quality.events),
                "share": _share(quality.base),
            },
        ),
        (_("Tells people apart (AUC, 0.5 is chance)"), _interval(quality.auc, 3)),
        (_("Error (Brier score, lower is better)"), _interval(quality.brier, 4)),
        (_("Better than always saying the average by"), _share(quality.skill)),
        (_("Calibration slope (1 is right)"), _interval(quality.slope, 2)),
        (_("Calibration in the large (0 is right)"), _interval(quality.intercept, 2)),
        (_("Mean calibration error"), _share(quality.ece)),
        *((_("AUC of %(what)s") % {"what": name}, f"{v:.3f}") for name, v in card.beside.items()),
        (
            _("Intervals"),
            _("%(level)s; whole people drawn %(draws)s times")
            % {"level": level, "draws": quality.draws},
        ),
    ]


def group_tables(card: Card) -> list[dict[str, Any]]:
    """Error by group: one table for each way of grouping."""
    return [
        {"name": name, "rows": [_group_row(each) for each in rows]}
        for name, rows in card.groups.items()
    ]


def _group_row(each: GroupQuality) -> dict[str, str]:
    if each.predicted is None or each.observed is None or each.flagged is None:
        dash = "–"
        nothing = dict.fromkeys(("predicted", "observed", "auc", "flagged"), dash)
        few = {"says": _("too few to judge"), "kind": "neutral"}
        return {"group": each.group, "n": _small(each.n), **nothing, **few}
    return {
        "group": each.group,
        "n": figures.number(each.n),
        "predicted": _share(each.predicted),
        "observed": _share_interval(each.observed),
        "auc": "–" if each.auc is None else _interval(each.auc, 2),
        "flagged": _share(each.flagged),
        **_fit(each.verdict),
    }


def _fit(verdict: str) -> dict[str, str]:
    says, kind = {
        "over": (_("predicts too much"), "worse"),
        "under": (_("predicts too little"), "worse"),
        "fits": (_("fits"), "common"),
    }[verdict]
    return {"says": says, "kind": kind}


def _small(n: int) -> str:
    return figures.number(n) if n >= _SMALL else _("fewer than 11")


def state_of(found: Standing) -> dict[str, str]:
    """A model's state in a word, with its kind of badge."""
    if found.in_force is None:
        return {"text": _("not trained"), "kind": "plain"}
    if found.is_on:
        return {"text": _("on"), "kind": "action"}
    return {"text": _("off"), "kind": "plain"}


def check_lines(checks: Sequence[DriftCheck]) -> list[dict[str, Any]]:
    """Monthly checks in words."""
    return [
        {
            "month": each.month,
            "first": each.first_month if each.first_month != each.month else None,
            "scored": figures.number(each.scored),
            "psi": "–" if each.psi is None else f"{each.psi:.3f}",
            "expected": "–" if each.expected is None else f"{each.expected:.1f}",
            "events": figures.number(each.events),
            "z": "–" if each.z is None else f"{each.z:+.1f}",
            **_verdict(each.verdict),
        }
        for each in checks
    ]


def month_lines(months: Mapping[date, Sequence[tuple[float, bool]]]) -> list[dict[str, Any]]:
    """What was said and what happened, one line a month; small months are not shown."""
    return [{"month": month, **_month(pairs)} for month, pairs in months.items()]


def _month(pairs: Sequence[tuple[float, bool]]) -> dict[str, str]:
    n, events = len(pairs), sum(happened for _p, happened in pairs)
    few = {"says": _("too few to judge"), "kind": "neutral"}
    if n < _SMALL:
        return {"n": _small(n), "predicted": "–", "observed": "–", **few}
    said, seen = sum(p for p, _happened in pairs) / n, wilson(events, n)
    shown = {
        "n": figures.number(n),
        "predicted": _share(said),
        "observed": _share_interval(Interval(seen.estimate, seen.low, seen.high)),
    }
    if n < _JUDGED:
        return {**shown, **few}
    return {**shown, **_fit("over" if said > seen.high else "under" if said < seen.low else "fits")}


def _verdict(verdict: str) -> dict[str, str]:
    return {
        "steady": {"says": _("steady"), "kind": "common"},
        "watch": {"says": _("worth watching"), "kind": "neutral"},
        "alarm": {"says": _("alarm: it no longer fits"), "kind": "worse"},
        "too_few": {"says": _("too few to judge"), "kind": "neutral"},
    }[verdict]


def people_lines(rows: Sequence[RiskPrediction]) -> list[dict[str, Any]]:
    """Who may need help, with what speaks for it."""
    return [
        {
            "what": _subject(each),
            "place": _place(each),
            "when": _when(each),
            "probability": _share(each.probability),
            "reasons": ", ".join(
                f"{feature}: {level}" for feature, level, effect in each.reasons if effect > 0
            ),
        }
        for each in rows
    ]


def _when(each: RiskPrediction) -> datetime | None:
    """When the visit is or ended; for a concern, when it was looked at."""
    return (each.visit.ended_at or each.visit.scheduled_at) if each.visit else each.made_at


def _subject(each: RiskPrediction) -> str:
    if each.visit is not None:
        return each.visit.external_id or _("visit %(number)s") % {"number": each.visit.pk}
    return each.concern.comment.reference if each.concern else ""


def _place(each: RiskPrediction) -> str:
    place = each.visit.place if each.visit else each.concern.comment.place if each.concern else None
    return place.name if place else ""


def _interval(value: Interval, digits: int) -> str:
    return f"{value.estimate:.{digits}f} ({value.low:.{digits}f} – {value.high:.{digits}f})"


def _share_interval(value: Interval) -> str:
    return f"{_share(value.estimate)} ({_share(value.low)} – {_share(value.high)})"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
