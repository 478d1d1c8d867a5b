"""Pure: learning from an organisation's own history with a split in time, or saying why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wellheard.measures.errors import ConstantOutcome, TooFewPoints
from wellheard.measures.risk.additive import AdditiveModel, Table
from wellheard.measures.risk.card import Card
from wellheard.measures.risk.drift import counts_within, edges_of
from wellheard.measures.risk.logistic import recalibrated_intercept
from wellheard.measures.risk.quality import assess, auc, by_group
from wellheard.understand.predictions.rules import TRAIN_SHARE, History, shortfall, use_policy

_RECENT_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Learned:
    """A model with its card, and the predictions it made on later days, for watching drift."""

    model: AdditiveModel
    card: Card
    drift: Mapping[str, Any]


def learn(history: History, *, version: str, owner: str, review_by: str) -> Learned:
    """Fit on the earlier part, judge on the later part, then fit again on everything.

    The base rate of the most recent part sets the intercept. Raises TooFewPoints.
    """
    if why := shortfall(history):
        raise TooFewPoints("history", why)
    policy = use_policy()
    y = np.asarray(history.outcome, dtype=np.float64)
    n = len(y)
    early = np.arange(n) < int(n * TRAIN_SHARE)
    recent = np.arange(n) >= int(n * (1 - _RECENT_SHARE))
    table = Table.of(history.examples, history.features, rarest=policy["rarest"])
    judged = table.fit(early, y, version=version, penalty=policy["penalty"])
    # The end of the earlier part, not the part it is judged on, sets its base rate.
    late = early & (np.arange(n) >= int(n * (TRAIN_SHARE - _RECENT_SHARE)))
    judged = judged.shifted(_shift(table.apply(judged, late), y[late]))
    p = table.apply(judged, ~early)
    card = _card(history, version, owner, review_by, p, y[~early], ~early)
    whole = table.fit(np.arange(n), y, version=version, penalty=policy["penalty"])
    whole = whole.shifted(_shift(table.apply(whole, recent), y[recent]))
    edges = edges_of(p)
    drift = {"edges": list(edges), "counts": list(counts_within(p, edges))}
    return Learned(whole, card, drift)


def _shift(p: Any, y: Any) -> float:
    try:
        return recalibrated_intercept(p, y)
    except ConstantOutcome:
        return 0.0


def _card(
    history: History, version: str, owner: str, review_by: str, p: Any, y: Any, tested: Any
) -> Card:
    policy = use_policy()
    about = policy["kinds"][history.kind]
    places = [int(i) for i in np.flatnonzero(tested)]
    threshold = float(np.quantile(p, 1 - policy["flagged_share"]))
    who = [history.who[i] or f"unknown {i}" for i in places]
    return Card(
        version=version,
        title=about["title"],
        purpose=about["purpose"],
        users=about["users"],
        not_for=tuple(dict.fromkeys(policy["refused"].values())),
        data=(
            f"{len(history.outcome):,} of this organisation's own, {history.first_day} to"
            f" {history.last_day}."
        ),
        attribution="",
        trained_on="the earlier seven tenths to judge it; everything for use.",
        tested_on="the later three tenths, which it had not seen.",
        features=history.features,
        excluded=about["excluded"],
        method=(
            f"Additive logistic model, ridge penalty {policy['penalty']}; intercept set to the"
            " most recent rate."
        ),
        quality=assess(p, y, who, draws=200),
        threshold=threshold,
        threshold_by="the fifth with the highest predictions",
        groups={
            name: by_group(p, y, [values[i] or "not told" for i in places], threshold=threshold)
            for name, values in history.groups.items()
        },
        beside=_beside(history, p, y, places),
        limits=(
            "It knows only what this organisation recorded.",
            "A prediction is a guess about a group of similar people, not about this person.",
        ),
        drift_checks=(
            "Every month: the shift of predictions (stability index, alarm from 0.25) and"
            " expected against observed (alarm from |z| 3)."
        ),
        owner=owner,
        review_by=review_by,
        counts={"all": len(history.outcome), "tested": len(places)},
    )


def _beside(history: History, p: Any, y: Any, places: Any) -> dict[str, float]:
    """The figure for those whom a call could help: all rows flatter it."""
    inside = np.asarray([history.reachable[i] for i in places])
    if inside.all() or not 0 < y[inside].sum() < inside.sum():
        return {}
    return {"the same model on those booked a day or more ahead": auc(p[inside], y[inside])}
