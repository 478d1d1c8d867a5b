"""Charts on pages of lower rooms, which know their rates and cannot draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.prove.charts.presenters.drawing import drawing_of
from wellheard.prove.charts.rules import Point, Series, chart_policy
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.lines import Line
from wellheard.understand.scores.queries import scored
from wellheard.understand.scores.rules import Measure


class Rate(Protocol):
    """Days [start, stop) and what was counted in them."""

    @property
    def start(self) -> date: ...
    @property
    def stop(self) -> date: ...
    @property
    def counts(self) -> Counts: ...


class Rates(Protocol):
    """A rate over time, only of groups that may be shown."""

    @property
    def measure(self) -> Measure: ...
    @property
    def rates(self) -> Sequence[Rate]: ...
    @property
    def withheld(self) -> bool: ...


def of_rates(request: HttpRequest, subject: Rates) -> str:
    """The control chart of a monthly rate with its sentence and table."""
    page = {"chart": drawing_of(series_of(subject), chart_policy())}
    return render_to_string("charts/chart.html", page, request)


def of_line(request: HttpRequest, subject: Line) -> str:
    """The control chart of a monthly line whose points are scored already."""
    policy = load_policy()
    points = tuple(Point(each.start, each.stop, each.score, each.counts) for each in subject.points)
    series = Series(
        subject.measure, "month", points, subject.withheld, policy.name, policy.minimum_group
    )
    page = {"chart": drawing_of(series, chart_policy())}
    return render_to_string("charts/chart.html", page, request)


def series_of(subject: Rates) -> Series:
    """A lower room's rate as the series that charts are made of."""
    points = [
        Point(each.start, each.stop, score, each.counts)
        for each in subject.rates
        if (score := scored(subject.measure, each.counts)) is not None
    ]
    policy = load_policy()
    return Series(
        subject.measure, "month", tuple(points), subject.withheld, policy.name, policy.minimum_group
    )
