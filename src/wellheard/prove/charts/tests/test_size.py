"""What the decision for our own charts rests on stays true."""

from __future__ import annotations

import re

from django.template.loader import render_to_string

from wellheard.prove.charts.presenters.drawing import drawing_of
from wellheard.prove.charts.rules import chart_policy
from wellheard.prove.charts.tests.test_rules import STEADY, series


def drawn(**context: object) -> str:
    drawing = drawing_of(series([*STEADY, *STEADY[:10]]), chart_policy())
    return render_to_string("charts/chart.html", {"chart": drawing, **context})


def test_chart_of_two_years_is_small_and_needs_no_inline_style() -> None:
    page = drawn()
    assert len(page.split("<details")[0].encode()) < 16_000
    assert not re.search(r"\sstyle=|<script|<style", page)


def test_chart_says_every_point_to_those_who_listen() -> None:
    page = drawn()
    assert page.count("data-point") == 24
    assert len(re.findall(r'tabindex="0" data-point', page)) == 1
    assert page.count('<th scope="row">') == 24


def test_small_chart_has_no_stops_for_the_keyboard() -> None:
    page = drawn(small=True)
    assert "tabindex" not in page and "data-point" not in page
    assert "Steady" in page
