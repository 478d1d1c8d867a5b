"""Named refusals: which argument or column is wrong, and why.

Every error is a :class:`MeasureError` with ``argument`` and ``reason``, so that a caller can show
both without parsing text. Reasons may hold counts, positions and names, never a patient's words.
"""

from __future__ import annotations


class MeasureError(ValueError):
    """The input cannot give an honest number."""

    def __init__(self, argument: str, reason: str) -> None:
        super().__init__(f"{argument}: {reason}")
        self.argument = argument
        self.reason = reason


class EmptyData(MeasureError):
    """There is nothing to compute from."""


class NotNumeric(MeasureError):
    """A value is not a number."""


class NotFinite(MeasureError):
    """A value is NaN or infinite, or a calculation would overflow."""


class OutOfRange(MeasureError):
    """A value lies outside what the argument allows."""


class ShapeMismatch(MeasureError):
    """Arrays that belong together differ in length or dimension."""


class TooFewPoints(MeasureError):
    """The method needs more observations than there are."""


class UnknownColumn(MeasureError):
    """A named column is not in the data."""


class UnknownName(MeasureError):
    """A rule set, instrument, method, zone or calendar of that name does not exist."""


class ConstantOutcome(MeasureError):
    """The outcome never varies, so the question has no answer."""


class CollinearColumns(MeasureError):
    """One column is (nearly) a combination of the others."""


class DatesOutOfOrder(MeasureError):
    """Moments that must ascend do not."""


class NaiveDatetime(MeasureError):
    """A moment without a time zone names no instant."""
