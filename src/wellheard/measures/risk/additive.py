"""Additive risk models: every feature is cut into levels, every level adds its own log odds.

Such a model is a table that a person can read. It needs numpy to be fitted and to be applied,
says for each prediction what raised and what lowered it, and an unknown level adds nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from wellheard.measures.errors import EmptyData, MeasureError, UnknownName
from wellheard.measures.risk.examples import Example, levels_of
from wellheard.measures.risk.logistic import fit_logistic, probability

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Floats

FORMAT: Final = "wellheard-risk-1"


class RiskModelError(MeasureError):
    """A model file that is missing, damaged or of another format."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature did to one prediction, in log odds against the average person."""

    feature: str
    level: str
    effect: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """A probability with what moved it most; ``unknown``: features whose level was never seen."""

    probability: float
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdditiveModel:
    """Weights by feature and level (log odds), the intercept, and each feature's average weight."""

    version: str
    features: tuple[str, ...]
    weights: Mapping[str, Mapping[str, float]]
    averages: Mapping[str, float]
    intercept: float

    def margin(self, example: Example) -> float:
        """Log odds of one example."""
        return self.intercept + sum(
            self.weights[feature].get(level, 0.0)
            for feature in self.features
            for level in levels_of(example, feature)
        )

    def probabilities(self, examples: Sequence[Example]) -> Floats:
        """Probabilities (n,) of so many examples."""
        return probability([self.margin(example) for example in examples])

    def predict(self, example: Example, *, reasons: int = 4) -> Prediction:
        """One probability with the features that moved it most away from the average."""
        moved, unknown = [], []
        for feature in self.features:
            known = self.weights[feature]
            levels = levels_of(example, feature)
            if any(level not in known for level in levels):
                unknown.append(feature)
            effect = sum(known.get(level, 0.0) for level in levels) - self.averages[feature]
            moved.append(Reason(feature, ", ".join(levels), effect))
        moved.sort(key=lambda each: -abs(each.effect))
        return Prediction(
            float(probability(self.margin(example))), tuple(moved[:reasons]), tuple(unknown)
        )

    def shifted(self, intercept: float) -> AdditiveModel:
        """The same model with so much added to its intercept (recalibration)."""
        return AdditiveModel(
            self.version, self.features, self.weights, self.averages, self.intercept + intercept
        )

    def as_page(self) -> dict[str, Any]:
        """The model as plain values for a JSON file or column; weights to five decimals."""
        return {
            "format": FORMAT,
            "version": self.version,
            "features": list(self.features),
            "intercept": round(self.intercept, 6),
            "averages": {name: round(value, 5) for name, value in self.averages.items()},
            "weights": {
                name: {level: round(value, 5) for level, value in levels.items()}
                for name, levels in self.weights.items()
            },
        }


def fit_additive(
    examples: Sequence[Example],
    outcome: Sequence[float] | Floats,
    features: Sequence[str],
    *,
    version: str,
    penalty: float,
    rarest: int,
) -> AdditiveModel:
    """Fit the weights of all levels seen at least `rarest` times, with a ridge penalty.

    Raises EmptyData, ConstantOutcome, TooFewPoints, OutOfRange or ShapeMismatch.
    """
    if not examples:
        raise EmptyData("examples", "there are none to learn from")
    table = Table.of(examples, features, rarest=rarest)
    return table.fit(np.arange(len(examples)), outcome, version=version, penalty=penalty)


@dataclass(frozen=True, slots=True)
class Table:
    """Examples as ones and zeros (n, levels), made once for many fits."""

    features: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]
    ones: NDArray[np.float32]

    @classmethod
    def of(cls, examples: Sequence[Example], features: Sequence[str], *, rarest: int) -> Table:
        """Every level that at least `rarest` examples have becomes a column."""
        counts = Counter(pair for example in examples for pair in _pairs(example, features))
        levels = tuple(sorted(pair for pair, times in counts.items() if times >= rarest))
        if not levels:
            raise EmptyData("examples", f"no level occurs {rarest} times")
        place = {pair: number for number, pair in enumerate(levels)}
        ones = np.zeros((len(examples), len(levels)), dtype=np.float32)
        for row, example in enumerate(examples):
            for pair in _pairs(example, features):
                column = place.get(pair)
                if column is not None:
                    ones[row, column] = 1.0
        return cls(tuple(features), levels, ones)

    def fit(
        self,
        rows: NDArray[Any],
        outcome: Sequence[float] | Floats,
        *,
        version: str,
        penalty: float,
    ) -> AdditiveModel:
        """Fit on some rows (positions or a mask)."""
        design = self.ones[rows]
        fitted = fit_logistic(design, np.asarray(outcome)[rows], penalty=penalty)
        means = design.mean(axis=0, dtype=np.float64)
        weights: dict[str, dict[str, float]] = {name: {} for name in self.features}
        averages = dict.fromkeys(self.features, 0.0)
        for (feature, level), weight, share in zip(
            self.levels, fitted.coefficients, means, strict=True
        ):
            weights[feature][level] = float(weight)
            averages[feature] += float(weight * share)
        return AdditiveModel(version, self.features, weights, averages, fitted.intercept)

    def apply(self, model: AdditiveModel, rows: NDArray[Any]) -> Floats:
        """Probabilities of some rows under a model fitted on this table."""
        column = np.asarray([model.weights[f][level] for f, level in self.levels], np.float32)
        return probability(self.ones[rows] @ column + model.intercept)


def model_of(page: Mapping[str, Any]) -> AdditiveModel:
    """Read a model from plain values. Raises RiskModelError."""
    if page.get("format") != FORMAT:
        raise RiskModelError("format", f"{page.get('format')!r} is not {FORMAT!r}")
    try:
        model = AdditiveModel(
            version=str(page["version"]),
            features=tuple(page["features"]),
            weights={
                name: {level: float(weight) for level, weight in levels.items()}
                for name, levels in page["weights"].items()
            },
            averages={name: float(value) for name, value in page["averages"].items()},
            intercept=float(page["intercept"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RiskModelError("model", "a part is missing or damaged") from None
    missing = set(model.features) - set(model.weights) | set(model.features) - set(model.averages)
    if missing:
        raise UnknownName("features", f"without weights: {', '.join(sorted(missing))}")
    numbers = [w for levels in model.weights.values() for w in levels.values()]
    if not np.isfinite([*numbers, model.intercept]).all():
        raise RiskModelError("weights", "one is not a number")
    return model


def read_model(path: Path) -> AdditiveModel:
    """Read a model file. Raises RiskModelError."""
    try:
        page = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise RiskModelError(path.name, "is missing or no JSON") from None
    return model_of(page)


def _pairs(example: Example, features: Iterable[str]) -> list[tuple[str, str]]:
    return [(feature, level) for feature in features for level in levels_of(example, feature)]
