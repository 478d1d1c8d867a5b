"""Training the readmission model, judged on patients it has not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from wellheard.measures.errors import TooFewPoints
from wellheard.measures.risk.additive import AdditiveModel, Table
from wellheard.measures.risk.card import Card
from wellheard.measures.risk.figures import GroupQuality, Quality
from wellheard.measures.risk.quality import assess, auc, by_group
from wellheard.measures.risk.readmission.comorbidity import lace_like
from wellheard.measures.risk.readmission.features import EXCLUDED, example_of, feature_names
from wellheard.measures.risk.readmission.reading import (
    Discharges,
    Row,
    columns,
    was_readmitted,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Floats

PENALTY: Final = 60.0
RAREST: Final = 100
FOLDS: Final = 5
# One in so many patients is kept out of the shipped model, for the test of its promise.
HELD_BACK_ONE_IN: Final = 25
_FEWEST_EVENTS: Final = 100
_FLAGGED_SHARE: Final = 0.2
ATTRIBUTION: Final = (
    "Clore J., Cios K., DeShazo J., Strack B. (2014), Diabetes 130-US Hospitals for Years"
    " 1999-2008, UCI Machine Learning Repository, DOI 10.24432/C5230J, CC BY 4.0; Strack et al.,"
    " BioMed Research International 2014, 781670."
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """The model fitted on every row, its card, and the out-of-fold predictions behind it."""

    model: AdditiveModel
    card: Card
    probabilities: Floats
    outcome: Floats


def train(
    found: Discharges,
    *,
    version: str,
    owner: str,
    review_by: str,
    penalty: float = PENALTY,
    rarest: int = RAREST,
    draws: int = 300,
    seed: int = 0,
    say: Say | None = None,
) -> Trained:
    """Fit on all rows; judge by five-fold cross-validation with each patient in one fold only.

    Raises TooFewPoints below 100 events.
    """
    rows = found.rows
    outcome = np.asarray([was_readmitted(row) for row in rows], dtype=np.float64)
    if outcome.sum() < _FEWEST_EVENTS:
        raise TooFewPoints("rows", f"needs {_FEWEST_EVENTS} readmissions, has {int(outcome.sum())}")
    patients = [row[columns()["patient"]] for row in rows]
    if say is not None:
        say(f"{len(rows)} discharges of {len(set(patients))} patients")
    table = Table.of([example_of(row) for row in rows], feature_names(), rarest=rarest)
    folds = folds_of(patients, seed=seed)
    p = out_of_fold(table, outcome, folds, penalty=penalty, say=say)
    quality = assess(p, outcome, patients, draws=draws, seed=seed)
    everything = np.arange(len(rows))
    model = table.fit(everything, outcome, version=version, penalty=penalty)
    card = _card(found, version, owner, review_by, penalty, rarest, quality, p, outcome)
    return Trained(model, card, p, outcome)


def folds_of(patients: Sequence[str], *, seed: int = 0, folds: int = FOLDS) -> NDArray[np.int64]:
    """Fold number of each row; all rows of a patient share one, whatever the order of the file."""
    numbers = {name: _drawn(name, seed, folds) for name in set(patients)}
    return np.asarray([numbers[name] for name in patients])


def held_back(patient: str) -> bool:
    """Whether a patient's rows are kept out of the shipped model."""
    return _drawn(patient, 2026, HELD_BACK_ONE_IN) == 0


def _drawn(patient: str, seed: int, parts: int) -> int:
    text = hashlib.sha256(f"{seed}:{patient}".encode()).digest()
    return int.from_bytes(text[:8], "big") % parts


def out_of_fold(
    table: Table,
    outcome: Floats,
    folds: NDArray[np.int64],
    *,
    penalty: float,
    say: Say | None = None,
) -> Floats:
    """A prediction for every row by a model that has not seen any row of its fold."""
    p = np.empty(len(outcome))
    for fold in np.unique(folds):
        inside = folds == fold
        model = table.fit(~inside, outcome, version="", penalty=penalty)
        p[inside] = table.apply(model, inside)
        if say is not None:
            say(f"fold {fold + 1}: AUC {auc(p[inside], outcome[inside]):.4f}")
    return p


def groups_of(rows: Sequence[Row], p: Floats, outcome: Floats, threshold: float) -> Groups:
    """Error by race, sex, age and payer, where the file has them."""
    found = {}
    for name, shown in columns()["groups"].items():
        if all(name in row for row in rows):
            labels = ["not known" if row[name] == "?" else row[name] for row in rows]
            found[shown] = by_group(p, outcome, labels, threshold=threshold)
    return found


Groups = dict[str, tuple[GroupQuality, ...]]


def _card(
    found: Discharges,
    version: str,
    owner: str,
    review_by: str,
    penalty: float,
    rarest: int,
    quality: Quality,
    p: Floats,
    outcome: Floats,
) -> Card:
    threshold = float(np.quantile(p, 1 - _FLAGGED_SHARE))
    earlier = [int(row["number_inpatient"]) for row in found.rows]
    points = [lace_like(row).points for row in found.rows]
    return Card(
        version=version,
        title="Readmission within 30 days",
        purpose=(
            "Offers a clinician an estimate beside the discharge plan, so that help after the"
            " stay (a call, a visit, a medicines review) reaches those likely to come back."
        ),
        users="clinicians who plan a discharge; analysts, in aggregate.",
        not_for=(
            "denying or delaying care or a bed",
            "keeping somebody longer or shorter without a clinician's review",
            "payment or insurance",
            "judging a member of staff",
        ),
        data=(
            f"{quality.n:,} discharges of {quality.clusters:,} patients of United States hospitals,"
            f" 1999-2008, all with diabetes; {len(found.left_out):,} who died or went to a hospice"
            f" were left out, {len(found.faults):,} rows could not be read."
        ),
        attribution=ATTRIBUTION,
        trained_on="all of these rows.",
        tested_on=f"the same rows in {FOLDS} folds, every patient in one fold only.",
        features=feature_names(),
        excluded=EXCLUDED,
        method=(
            f"Additive logistic model with ridge penalty {penalty:g}; levels with {rarest} or more"
            " discharges have a weight, rarer ones none."
        ),
        quality=quality,
        threshold=threshold,
        threshold_by="the fifth of discharges with the highest predictions; a site sets its own",
        groups=groups_of(found.rows, p, outcome, threshold),
        beside={
            "number of earlier stays alone": auc(np.asarray(earlier) / 400, outcome),
            "LACE from these columns": auc(np.asarray(points) / 19, outcome),
        },
        limits=(
            "All people in the data had diabetes and were treated before 2009: measure it on your"
            " own discharges before you rely on it, and retrain it with them.",
            "Planned readmissions are counted as readmissions; deaths after discharge are unknown.",
            "A figure above AUC 0.70 on such data points to leakage, not to skill.",
            "ICD-9 codes only.",
        ),
        drift_checks=(
            "Every month: the shift of predictions (population stability index, alarm from 0.25)"
            " and expected against observed readmissions (alarm from |z| 3)."
        ),
        owner=owner,
        review_by=review_by,
        counts={"left_out": len(found.left_out), "refused": len(found.faults)},
    )
