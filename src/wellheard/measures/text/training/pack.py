"""The plain arrays that are shipped, from what scikit-learn fitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wellheard.measures.text.features import Vectorizer
from wellheard.measures.text.model import LinearModel
from wellheard.measures.text.training.evaluate import Calibration
from wellheard.measures.text.training.fit import FeatureMaker, Linear


def pack_model(
    maker: FeatureMaker, linear: Linear, fitted: Calibration, card: Mapping[str, Any]
) -> LinearModel:
    """A model to read with, of a fit and its calibration; `card` names its version and labels."""
    vocabulary = maker.vocabulary()
    single = {
        "weights": linear.weights,
        "bias": linear.bias,
        "platt": fitted.platt,
        "thresholds": fitted.thresholds,
        "idf": maker.idf(),
    }
    arrays = {name: values.astype(np.float32) for name, values in single.items()}
    width = len(arrays["idf"])
    return LinearModel(
        version=card["version"],
        labels=tuple(card["labels"]),
        vectorizer=Vectorizer(vocabulary["words"], vocabulary["grams"], arrays["idf"]),
        weights=arrays["weights"][:width],
        question_weights=arrays["weights"][width:],
        bias=arrays["bias"],
        platt=arrays["platt"],
        temperature=fitted.temperature,
        thresholds=arrays["thresholds"],
        card=card,
    )
