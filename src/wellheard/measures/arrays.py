"""Turning what a caller passes into finite arrays, or saying why not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from wellheard.measures.errors import (
    EmptyData,
    NotFinite,
    NotNumeric,
    OutOfRange,
    ShapeMismatch,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Booleans = NDArray[np.bool_]


# Squares and sums of squares of anything up to here stay finite.
LARGEST = 1e100


def finite_vector(values: ArrayLike, argument: str, *, minimum: int = 1) -> Floats:
    """Return `values` as a 1-D float array of at least `minimum` finite numbers."""
    array = finite_array(values, argument)
    if array.ndim != 1:
        raise ShapeMismatch(argument, f"needs one dimension, has {array.ndim}")
    if array.size < minimum:
        raise EmptyData(argument, f"needs at least {minimum} value(s), has {array.size}")
    return array


def finite_array(values: ArrayLike, argument: str) -> Floats:
    """Return `values` as a float array of any shape without NaN or infinity."""
    array = float_array(values, argument)
    import numpy as np

    # NaN fails these comparisons too; two reductions need no copy of a large array.
    if array.size and not (array.min() >= -LARGEST and array.max() <= LARGEST):
        where = int((~(np.abs(array) <= LARGEST)).ravel().argmax())
        fault = "too large" if np.isfinite(array.flat[where]) else "missing, NaN or infinite"
        raise NotFinite(argument, f"value at position {where} is {fault}")
    return array


def float_array(values: ArrayLike, argument: str) -> Floats:
    """Return `values` as a float array; NaN and infinity may remain."""
    import numpy as np

    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NotNumeric(argument, "holds something that is not a number") from error


def sums_by(code: NDArray[np.integer[Any]], values: ArrayLike, groups: int) -> Floats:
    """Return the sum of `values` (n) within each group 0..groups-1 of `code` (n)."""
    import numpy as np

    sums = np.bincount(code, weights=np.asarray(values, dtype=np.float64), minlength=groups)
    return np.asarray(sums, dtype=np.float64)


def same_length(**vectors: Sequence[Any] | NDArray[Any]) -> int:
    """Return the common length of `vectors`; raise naming the one that differs."""
    (first, reference), *others = vectors.items()
    for name, vector in others:
        if len(vector) != len(reference):
            raise ShapeMismatch(
                name, f"has {len(vector)} value(s), but {first} has {len(reference)}"
            )
    return len(reference)


def not_negative(array: Floats, argument: str) -> Floats:
    """Return `array`; raise when any value is below zero."""
    if (array < 0).any():
        where = int((array < 0).ravel().argmax())
        raise OutOfRange(argument, f"value at position {where} is negative")
    return array


def positive(array: Floats, argument: str) -> Floats:
    """Return `array`; raise when any value is zero or below."""
    if (array <= 0).any():
        where = int((array <= 0).ravel().argmax())
        raise OutOfRange(argument, f"value at position {where} is not above zero")
    return array


def real(value: object, argument: str) -> float:
    """Return one finite number as a float."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise NotNumeric(argument, f"needs a number, got {type(value).__name__}")
    number = float(value)
    if not math.isfinite(number):
        raise NotFinite(argument, "is NaN or infinite")
    return number


def within(value: object, argument: str, low: float, high: float) -> float:
    """Return one number strictly between `low` and `high`."""
    number = real(value, argument)
    if not low < number < high:
        raise OutOfRange(argument, f"must lie between {low} and {high}, is {number:g}")
    return number
