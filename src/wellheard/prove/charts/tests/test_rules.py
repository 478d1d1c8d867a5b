from __future__ import annotations

from datetime import date

import pytest

from wellheard.prove.charts.presenters.drawing import drawing_of
from wellheard.prove.charts.presenters.sentences import brief, period_name, sentence, too_few
from wellheard.prove.charts.rules import (
    Point,
    Series,
    chart_of,
    chart_policy,
    latest_signal,
    may_chart,
)
from wellheard.understand.facts.slices import Counts, Month
from wellheard.understand.scores.queries import shipped_measures
from wellheard.understand.scores.rules import score_of

QUIET = shipped_measures()["quiet"]
NPS = shipped_measures()["recommend"]
STEADY = [60, 62, 58, 61, 59, 60, 63, 57, 60, 61, 59, 60, 62, 58]


def series(shares: list[int], *, n: int = 100, step: str = "month", measure=QUIET) -> Series:
    """A series of ``shares`` percent of the best answer, months from January 2025."""
    points = []
    for i, share in enumerate(shares):
        best = max(measure.best)
        counts = Counts.of({best: round(n * share / 100), 1: n - round(n * share / 100)})
        start = Month(2025, 1).plus(i)
        score = score_of(measure, counts, low_below=30)
        points.append(Point(start.first_day, start.plus(1).first_day, score, counts))
    return Series(measure, step, tuple(points), False, "cells 2026-11", 11)  # type: ignore[arg-type]


def charted(found: Series):
    return chart_of(found, chart_policy())


@pytest.mark.parametrize(
    ("shares", "kind", "verdict", "since"),
    [
        (STEADY, "steady", "common", 0),
        ([*STEADY, *[70] * 7], "shift", "better", 14),
        ([*STEADY, *[50] * 7], "shift", "worse", 14),
        ([*STEADY, 95], "outside", "better", 14),
        ([*STEADY, 20], "outside", "worse", 14),
        ([*STEADY, 48, 51, 54, 57, 60, 63, 66], "trend", "better", 17),
    ],
)
def test_latest_signal_of_a_series(shares: list[int], kind: str, verdict: str, since: int) -> None:
    signal = latest_signal(charted(series(shares)))
    assert (signal.kind, signal.verdict) == (kind, verdict)
    if kind != "trend":
        assert signal.since == since


@pytest.mark.parametrize(
    ("measure", "n", "kind"),
    [(QUIET, 100, "p"), (QUIET, 400, "p_prime"), (NPS, 100, "xmr")],
)
def test_chart_fits_the_measure_and_its_size(measure, n: int, kind: str) -> None:
    assert charted(series(STEADY, n=n, measure=measure)).kind == kind


def test_chart_of_few_points_is_not_drawn() -> None:
    few = series(STEADY[:5])
    assert not may_chart(few, chart_policy())
    assert drawing_of(few, chart_policy()).marks == ()
    assert "Too few periods to tell a change from chance" in too_few(few)
    assert too_few(series([])) == "Quiet at night: too few answers to show a figure yet."


def test_sentence_says_state_sign_and_newest_figure_with_n() -> None:
    better = series([*STEADY, *[70] * 7])
    said = sentence(better, charted(better)).replace("\u202f", " ")
    assert said.startswith("Quiet at night: better since March 2026; 7 of the last 8 months above")
    assert "September 2026: \u206670 % (n 100, 60–78)\u2069 said always." in said


def test_sentence_of_a_steady_series_names_the_ordinary_range() -> None:
    steady = series(STEADY)
    said = sentence(steady, charted(steady)).replace("\u202f", " ")
    assert "steady; all within the ordinary range, 45 % to 75 %" in said
    assert brief(steady, charted(steady)).startswith("Steady; all within")


def test_sentence_of_a_short_series_says_that_limits_are_on_trial() -> None:
    short = series(STEADY[:9])
    assert sentence(short, charted(short)).endswith(
        "Only 9 months so far, so these are trial limits."
    )


def test_period_name_of_joined_months() -> None:
    [point] = series([60]).points
    joined = Point(date(2025, 12, 1), date(2026, 2, 1), point.score, point.counts)
    assert period_name(joined, "month") == "December 2025 to January 2026"
    assert period_name(point, "month") == "January 2025"
    assert period_name(point, "week") == "the week of 1 January 2025"


def test_drawing_has_a_mark_a_row_and_words_for_every_point() -> None:
    drawing = drawing_of(series([*STEADY, *[70] * 7]), chart_policy())
    assert len(drawing.marks) == len(drawing.rows) == 21
    assert [mark.verdict for mark in drawing.marks][-7:] == ["better"] * 7
    assert drawing.marks[-1].says.endswith("a change for the better")
    assert drawing.rows[0].period == "September 2026"
    assert drawing.data_to == date(2026, 9, 30)
    assert drawing.band.count("L") == 4 * 21 - 1


def test_drawing_stays_inside_its_frame() -> None:
    drawing = drawing_of(series([0, 100] * 8, n=20), chart_policy())
    for mark in drawing.marks:
        assert 0 <= float(mark.x.rstrip("%")) <= 100
        assert 0 <= float(mark.y.rstrip("%")) <= 100
    assert all(mark.few for mark in drawing.marks)
    assert "few answers" in drawing.marks[0].says


def test_chart_sets_its_limits_anew_where_a_reason_is_recorded() -> None:
    found = series([*STEADY, *[75] * 6])
    levels = [(date(2026, 3, 1), "Two nurses at the desk")]
    chart = chart_of(found, chart_policy(), levels)
    assert [(part.at, part.reason) for part in chart.rebases] == [(14, "Two nurses at the desk")]
    said = sentence(found, chart).replace("\u202f", " ")
    assert "at a new level since March 2026, 75 % on average and 60 % before" in said
    assert "Only 6 months so far, so these are trial limits." in said


@pytest.mark.parametrize("day", [date(2025, 2, 1), date(2026, 2, 1), date(2030, 1, 1)])
def test_chart_keeps_its_limits_when_a_part_would_be_too_short(day: date) -> None:
    assert chart_of(series(STEADY), chart_policy(), [(day, "why")]).rebases == ()


def test_drawing_places_an_event_where_it_happened() -> None:
    events = [("A", date(2025, 6, 15)), ("B", date(2020, 1, 1))]
    drawing = drawing_of(series(STEADY), chart_policy(), events)
    assert [event.label for event in drawing.events] == ["A"]
    assert float(drawing.marks[4].x[:-1]) < float(drawing.events[0].at[:-1])
    assert float(drawing.events[0].at[:-1]) < float(drawing.marks[6].x[:-1])
