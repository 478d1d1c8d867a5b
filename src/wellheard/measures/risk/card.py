"""The card of a model: what it is for, what it looks at, how good it is, whose it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wellheard.measures.risk.figures import Bin, GroupQuality, Interval, Quality


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that must be known before a prediction is used. ``groups``: group quality by
    what the groups are (age, sex ...); ``beside``: simpler rules on the same rows (AUC)."""

    version: str
    title: str
    purpose: str
    users: str
    not_for: tuple[str, ...]
    data: str
    attribution: str
    trained_on: str
    tested_on: str
    features: tuple[str, ...]
    excluded: Mapping[str, str]
    method: str
    quality: Quality
    threshold: float
    threshold_by: str
    groups: Mapping[str, tuple[GroupQuality, ...]]
    beside: Mapping[str, float]
    limits: tuple[str, ...]
    drift_checks: str
    owner: str
    review_by: str
    counts: Mapping[str, int]

    def as_page(self) -> dict[str, Any]:
        """The card as plain values for a JSON file or column."""
        page = dataclasses.asdict(self)
        rounded: dict[str, Any] = _rounded(page)
        return rounded


def card_of(page: Mapping[str, Any]) -> Card:
    """Read a card from plain values (as `Card.as_page` wrote them)."""
    quality = dict(page["quality"])
    for name in ("auc", "brier", "slope", "intercept"):
        quality[name] = Interval(**quality[name])
    quality["bins"] = tuple(Bin(**each) for each in quality["bins"])
    groups = {
        kind: tuple(_group_of(each) for each in rows) for kind, rows in page["groups"].items()
    }
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in page.items()
    }
    plain.update(quality=Quality(**quality), groups=groups)
    return Card(**plain)


def card_in_words(card: Card) -> str:
    """The card as Markdown."""
    parts = [
        f"# Model card: {card.title} ({card.version})",
        f"**What it is for.** {card.purpose}",
        f"**Who uses it.** {card.users}",
        "**Never for:** " + "; ".join(card.not_for) + ".",
        f"**Owner.** {card.owner}. **Review by** {card.review_by}.",
        "## Data",
        f"{card.data} {card.attribution}",
        f"Trained on: {card.trained_on} Tested on: {card.tested_on}",
        "## What it looks at",
        ", ".join(card.features) + ".",
        "Left out on purpose:",
        "\n".join(f"- {name}: {why}" for name, why in card.excluded.items()),
        f"**Method.** {card.method}",
        "## How good it is",
        _table(("figure", "value"), quality_lines(card)),
        "Calibration: people in order of their prediction, in groups of equal size.",
        _table(("predicted", "observed", "n"), map(_bin_line, card.quality.bins)),
        "## Error by group",
        "\n\n".join(f"By {kind}:\n\n{_group_table(rows)}" for kind, rows in card.groups.items()),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card.limits),
        f"**Watched.** {card.drift_checks}",
    ]
    return "\n\n".join(parts) + "\n"


def quality_lines(card: Card) -> list[tuple[str, str]]:
    """The figures of a card in words: (name, value with interval)."""
    quality = card.quality
    percent = f"{quality.level:.0%}"
    return [
        ("people or visits scored", f"{quality.n:,} ({quality.clusters:,} people)"),
        ("events", f"{quality.events:,} ({quality.base:.1%})"),
        (f"AUC ({percent} interval)", _shown(quality.auc, 3)),
        (f"Brier score ({percent} interval)", _shown(quality.brier, 4)),
        ("Brier skill against the base rate", f"{quality.skill:.3f}"),
        (f"calibration slope ({percent} interval)", _shown(quality.slope, 2)),
        (f"calibration in the large ({percent} interval)", _shown(quality.intercept, 3)),
        ("mean calibration error", f"{quality.ece:.4f}"),
        *((f"beside it, AUC of {name}", f"{value:.3f}") for name, value in card.beside.items()),
        ("interval by", f"{quality.method}, {quality.draws} draws"),
    ]


def _shown(value: Interval, digits: int) -> str:
    return f"{value.estimate:.{digits}f} ({value.low:.{digits}f} to {value.high:.{digits}f})"


def _bin_line(each: Bin) -> tuple[str, str, str]:
    return (
        f"{each.predicted:.1%}",
        f"{each.observed:.1%} ({each.low:.1%} to {each.high:.1%})",
        f"{each.n:,}",
    )


def _group_table(rows: Sequence[GroupQuality]) -> str:
    return _table(("group", "n", "predicted", "observed", "AUC", "says"), map(_group_line, rows))


def _group_line(each: GroupQuality) -> tuple[str, ...]:
    if each.predicted is None or each.observed is None:
        return each.group, f"{each.n:,}", "-", "-", "-", "too few"
    observed = each.observed
    says = {"over": "too high", "under": "too low", "fits": "fits"}[each.verdict]
    return (
        each.group,
        f"{each.n:,}",
        f"{each.predicted:.1%}",
        f"{observed.estimate:.1%} ({observed.low:.1%} to {observed.high:.1%})",
        "-" if each.auc is None else _shown(each.auc, 3),
        says,
    )


def _table(head: Sequence[str], rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _group_of(page: Mapping[str, Any]) -> GroupQuality:
    plain: dict[str, Any] = dict(page)
    for name in ("observed", "auc"):
        plain[name] = None if page[name] is None else Interval(**page[name])
    return GroupQuality(**plain)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
