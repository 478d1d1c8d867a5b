"""What the readmission model looks at. Race, sex, payer, weight and genetic data are not in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from wellheard.measures.risk.examples import Example, binned
from wellheard.measures.risk.readmission.reading import Row, columns

# Not used, and why; the card shows it.
EXCLUDED: Final = {
    "race": "ethnic origin must not decide who gets help; error is reported by it",
    "gender": "adds nothing to the prediction; error is reported by it",
    "payer_code": "stands for income; error is reported by it",
    "weight": "missing for 97 % of the people",
    "genetic data": "never asked for, never taken",
    "encounter_id, patient_nbr": "identify a person",
}
_DRUGS: Final = (
    "metformin", "repaglinide", "nateglinide", "glimepiride", "glipizide", "glyburide",
    "pioglitazone", "rosiglitazone", "acarbose", "insulin",
)  # fmt: skip
_AS_GIVEN: Final = (
    "age", "discharge_disposition_id", "admission_source_id", "admission_type_id",
    "medical_specialty", "max_glu_serum", "A1Cresult", "change", "diabetesMed", *_DRUGS,
)  # fmt: skip
_TO: Final = {"1": "home", "6": "home with help", "3": "nursing facility"}
# Last three-digit code of each chapter of ICD-9.
_CHAPTERS: Final = (
    (139, "infection"), (239, "tumour"), (249, "endocrine"), (250, "diabetes"),
    (279, "endocrine or immune"), (289, "blood"), (319, "mental"), (389, "nervous"),
    (459, "circulatory"), (519, "respiratory"), (579, "digestive"), (629, "genitourinary"),
    (679, "pregnancy"), (709, "skin"), (739, "musculoskeletal"), (759, "congenital"),
    (779, "newborn"), (799, "symptoms"), (999, "injury"),
)  # fmt: skip
_CROSSED: Final = (
    "admissions x discharged to", "admissions x main diagnosis", "admissions x age",
    "admissions x emergency visits", "discharged to x main diagnosis", "discharged to x age",
)  # fmt: skip


def feature_names() -> tuple[str, ...]:
    """The model's features in the order of the card."""
    return (
        *columns()["edges"],
        *_AS_GIVEN,
        "main diagnosis",
        "main diagnosis chapter",
        "other diagnoses",
        "other diagnoses chapters",
        *_CROSSED,
    )


def example_of(row: Row) -> Example:
    """The levels of one checked row."""
    numbers = {name: _level(name, row[name]) for name in columns()["edges"]}
    given = {name: row[name] for name in _AS_GIVEN}
    others = (row["diag_2"], row["diag_3"])
    return {
        **numbers,
        **given,
        "main diagnosis": _group(row["diag_1"]),
        "main diagnosis chapter": _chapter(row["diag_1"]),
        "other diagnoses": _several(_group, others),
        "other diagnoses chapters": _several(_chapter, others),
        **_crossed(row),
    }


def _several(kind: Callable[[str], str], codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({kind(code) for code in codes}))


def _crossed(row: Row) -> dict[str, str]:
    admitted = min(int(row["number_inpatient"]), 3)
    emergencies = min(int(row["number_emergency"]), 2)
    times = f"{admitted} or more" if admitted == 3 else f"{admitted}"
    to = _TO.get(row["discharge_disposition_id"], "elsewhere")
    chapter = _chapter(row["diag_1"])
    pairs = (
        (times, to), (times, chapter), (times, row["age"]), (times, str(emergencies)),
        (to, chapter), (to, row["age"]),
    )  # fmt: skip
    return {name: f"{a} / {b}" for name, (a, b) in zip(_CROSSED, pairs, strict=True)}


@cache
def _level(name: str, cell: str) -> str:
    return binned(int(cell), columns()["edges"][name])


@cache
def _group(code: str) -> str:
    """The three-digit group of an ICD-9 code; diabetes by its complication (250.8)."""
    if code == "?":
        return "none"
    if code.startswith("250"):
        return f"250.{(code + '.0').split('.')[1][0]}"
    return code.split(".", maxsplit=1)[0]


@cache
def _chapter(code: str) -> str:
    if code == "?":
        return "none"
    if code[0] in "EV":
        return "external cause" if code[0] == "E" else "other contact"
    number = int(code.split(".", maxsplit=1)[0])
    return next(name for last, name in _CHAPTERS if number <= last)
