"""May we talk with this person about the patient? Pure: the newest noted state decides (N04)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SharingRules:
    """``labels`` and ``shares`` by state; ``may_say`` and ``never_say`` without an agreement."""

    version: str
    source: str
    about_another: frozenset[str]
    labels: Mapping[str, str]
    shares: frozenset[str]
    may_say: tuple[str, ...]
    never_say: tuple[str, ...]


def read_sharing(data: Mapping[str, Any]) -> SharingRules:
    """The rules in ``data``."""
    return SharingRules(
        version=data["version"],
        source=data["source"],
        about_another=frozenset(data["about_another"]),
        labels={row["code"]: row["label"] for row in data["states"]},
        shares=frozenset(row["code"] for row in data["states"] if row["shares"]),
        may_say=tuple(data["may_say"]),
        never_say=tuple(data["never_say"]),
    )


def general_only(complainant: str, state: str, rules: SharingRules) -> bool:
    """Whether the one who complains gets general information only: they are not the patient, and
    no agreement or authority stands. ``state`` "" is as good as "not asked"."""
    return complainant in rules.about_another and state not in rules.shares
