"""Numbers and moments as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from wellheard.base.pages import figures


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (0, 0, "0"),
        (1730, 0, "1730"),
        (12345, 0, "12\u202f345"),
        (1234567.891, 2, "1\u202f234\u202f567.89"),
        (-3.8, 1, "\u22123.8"),
        (-0.04, 1, "0.0"),
        (99.95, 1, "100.0"),
        (None, 0, "\u2013"),
    ],
)
def test_number_in_english(value: float | None, decimals: int, said: str) -> None:
    with translation.override("en"):
        assert figures.number(value, decimals) == said


def test_number_takes_the_decimal_sign_of_the_language() -> None:
    with translation.override("es"):
        assert figures.number(12345.5, 1) == "12\u202f345,5"


@pytest.mark.parametrize(
    ("value", "said"), [(1.84, "+1.8"), (-3.8, "\u22123.8"), (0.0, "0.0"), (0.01, "0.0")]
)
def test_signed_shows_the_way(value: float, said: str) -> None:
    with translation.override("en"):
        assert figures.signed(value) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(74, 82, "74\u201382"), (-3, 2, "\u22123 to 2"), (None, 2, "\u2013")],
)
def test_interval_never_hides_a_minus_in_a_dash(
    low: int | None, high: int | None, said: str
) -> None:
    with translation.override("en"):
        assert figures.interval(low, high) == said


def test_figure_carries_its_basis() -> None:
    with translation.override("en"):
        said = figures.figure(78, n=412, low=74, high=82)
    assert said == "\u206678\u202f% (n\u202f412, 74\u201382)\u2069"


def test_figure_without_a_value_is_a_dash() -> None:
    with translation.override("en"):
        assert "\u2013 (n\u202f4)" in figures.figure(None, n=4)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "3 November 2026"), ("es", "3 de noviembre de 2026"), ("ar", "3 نوفمبر، 2026")],
)
def test_date_is_written_out(language: str, said: str) -> None:
    with translation.override(language):
        assert figures.long_date(date(2026, 11, 3)) == said


def test_moment_is_shown_in_the_active_zone() -> None:
    with translation.override("en"), timezone.override("America/Chicago"):
        moment = figures.long_moment(datetime(2026, 11, 3, 2, 5, tzinfo=UTC))
    assert moment == "2 November 2026, 20:05"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(days=-1), "1 day"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(minutes=12), "12 minutes"),
        (timedelta(seconds=20), "1 minute"),
    ],
)
def test_span_in_its_largest_unit(length: timedelta, said: str) -> None:
    with translation.override("en"):
        assert figures.span(length) == said


@pytest.mark.parametrize(("days", "said"), [(2, "يومان"), (5, "5 أيام"), (11, "11 يومًا")])
def test_span_follows_arabic_plurals(days: int, said: str) -> None:
    with translation.override("ar"):
        assert figures.span(timedelta(days=days)) == said
