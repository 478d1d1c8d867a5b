from __future__ import annotations

import pytest

from wellheard.understand.facts.slices import Month, Period, Slice, SliceError, Where

YEAR = Period(Month(2026, 1), Month(2027, 1))


def test_month_plus_crosses_years() -> None:
    assert Month(2026, 11).plus(3) == Month(2027, 2)
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month.of(202611).code == 202611


def test_period_of_no_month_is_refused() -> None:
    with pytest.raises(SliceError):
        Period(Month(2026, 2), Month(2026, 2))


def test_period_months_are_half_open() -> None:
    assert Period(Month(2025, 12), Month(2026, 2)).months == (Month(2025, 12), Month(2026, 1))


@pytest.mark.capability("M02")
@pytest.mark.parametrize(
    ("by", "where", "period"),
    [
        (("language", "sex"), Where(), YEAR),
        (("language",), Where(segment=("sex", "f")), YEAR),
        (("place", "language"), Where(), YEAR),
        (("month", "language"), Where(), YEAR),
        (("language",), Where(places=frozenset({1})), YEAR),
        (("language",), Where(), Period(Month(2026, 2), Month(2026, 5))),
        ((), Where(segment=("language", "ar")), Period(Month(2026, 1), Month(2026, 2))),
        ((), Where(segment=("shoe_size", "9")), YEAR),
        (("place", "site"), Where(), YEAR),
        (("touchpoint", "language"), Where(), YEAR),
        (("touchpoint", "month"), Where(), YEAR),
        ((), Where(segment=("touchpoint", "desk")), YEAR),
        (("mode",), Where(places=frozenset({1})), YEAR),
        (("shoe_size",), Where(), YEAR),
    ],
)
def test_slice_that_could_single_somebody_out_is_refused(
    by: tuple[str, ...], where: Where, period: Period
) -> None:
    with pytest.raises(SliceError):
        Slice(1, "pulse.quiet", period, by, where)  # type: ignore[arg-type]
