"""Pure: units of places, and what goes along over them, as it stands and with case mix out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from wellheard.measures.association import Association

_FILE = Path(__file__).with_name("data") / "associations-2026-11.json"
Verdict = Literal["together", "apart", "cannot_tell", "too_few"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What experience is set beside; words for a place that has more or less of it."""

    code: str
    title: str
    more_words: str
    less_words: str


@dataclass(frozen=True, slots=True)
class AssociationPolicy:
    """How associations are looked for, from versioned data."""

    code: str
    version: str
    source: str
    level: float
    draws: int
    quarters: int
    outcomes: tuple[Outcome, ...]
    first_measure: str
    caution: str

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every table."""
        return f"{self.code} {self.version}"


@cache
def association_policy() -> AssociationPolicy:
    """The policy in force."""
    page: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return AssociationPolicy(
        code=page["code"],
        version=page["version"],
        source=page["source"],
        level=page["level"],
        draws=page["draws"],
        quarters=page["quarters"],
        outcomes=tuple(Outcome(**row) for row in page["outcomes"]),
        first_measure=page["first_measure"],
        caution=page["caution"],
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """One place in one period: what was said, what came of it, who was treated there.

    ``mix``: mean age and share of surgical stays, 0 to 1; None where nothing is known of them.
    """

    place: int
    experience: float
    outcome: float
    mix: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What goes along with experience over the units; ``adjusted``: less the mix of people."""

    outcome: Outcome
    units: int
    places: int
    by_quarter: bool
    plain: Association | None
    adjusted: Association | None

    @property
    def verdict(self) -> Verdict:
        """By the adjusted figure; without one, an association cannot be told from case mix."""
        if self.plain is None:
            return "too_few"
        if self.adjusted is None or not self.adjusted.is_clear:
            return "cannot_tell"
        return "together" if self.adjusted.estimate > 0 else "apart"


def associate(
    outcome: Outcome, units: Sequence[Unit], policy: AssociationPolicy, *, by_quarter: bool
) -> Found:
    """The association over all units, and the partial one over those whose mix is known."""
    known = [unit for unit in units if unit.mix is not None]
    plain = _correlated(units, policy, adjusting=False)
    return Found(
        outcome,
        len(units),
        len({unit.place for unit in units}),
        by_quarter,
        plain,
        _correlated(known, policy, adjusting=True) if plain is not None else None,
    )


def _correlated(
    units: Sequence[Unit], policy: AssociationPolicy, *, adjusting: bool
) -> Association | None:
    from wellheard.measures.association import association
    from wellheard.measures.errors import MeasureError

    if not units:
        return None
    mixes = [unit.mix for unit in units if unit.mix is not None]
    # What is the same everywhere explains nothing, and would only cost a degree of freedom.
    varying = [at for at in range(2) if len({mix[at] for mix in mixes}) > 1] if adjusting else []
    covariates = [[mix[at] for at in varying] for mix in mixes] if varying else None
    try:
        return association(
            [unit.experience for unit in units],
            [unit.outcome for unit in units],
            [unit.place for unit in units],
            covariates=covariates,
            draws=policy.draws,
            level=policy.level,
            seed=1,
        )
    except MeasureError:
        return None
