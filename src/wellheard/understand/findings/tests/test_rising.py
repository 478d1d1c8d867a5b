"""A theme is held against other places, and each language against itself."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from wellheard.understand.findings.searches.themes import Voices, _rise, _shares, _usual

_WEEKS = 60


def _voices(*, spanish_late: int, hits_late: float, usual_es: float) -> Voices:
    """Two places; at the first the last 8 weeks bring more Spanish comments."""
    english, spanish = np.full(_WEEKS, 6.0), np.zeros(_WEEKS)
    spanish[-8:] = spanish_late
    others, others_es = np.full(_WEEKS, 60.0), np.full(_WEEKS, 15.0)
    own, elsewhere = np.zeros(_WEEKS), np.full(_WEEKS, 0.6 + 15 * usual_es)
    own[:50:25], own[-8:] = 1, hits_late
    total = english + spanish, others + others_es
    said = {"en": english + others, "es": spanish + others_es}
    return Voices(
        date(2025, 8, 31), _WEEKS,
        {0: total[0] + total[1], 1: total[0], 2: total[1]},
        {(0, "told"): own + elsewhere, (1, "told"): own, (2, "told"): elsewhere},
        {}, {0: said, 1: {"en": english, "es": spanish}, 2: {"en": others, "es": others_es}},
        {"told": {"en": 0.01, "es": usual_es}},
    )  # fmt: skip


def test_more_people_of_a_language_in_which_it_is_said_often_is_no_rise() -> None:
    key = (1, "told")
    mixed = _voices(spanish_late=8, hits_late=2.0, usual_es=0.2)
    alike = _voices(spanish_late=8, hits_late=2.0, usual_es=0.01)
    quiet = _rise(mixed, key, mixed.themes[key])
    loud = _rise(alike, key, alike.themes[key])
    assert loud is not None and loud.p < 1e-3
    assert quiet is None or quiet.p > 0.05
    grown = _voices(spanish_late=8, hits_late=7.0, usual_es=0.2)
    above = _rise(grown, key, grown.themes[key])
    assert above is not None and above.p < 1e-4


def test_usual_share_is_that_of_the_others_in_the_languages_of_the_place() -> None:
    voices = _voices(spanish_late=0, hits_late=0, usual_es=0.2)
    hits, of = _usual(voices, 1, "told")
    # Only English is spoken there: 1 of 100, not the 3.6 of 75 that all others make.
    assert hits / of == pytest.approx(0.01, rel=0.02)


def test_language_of_few_comments_is_drawn_to_everybody() -> None:
    from collections import Counter

    shares = _shares(Counter({"en": 98, "so": 2}), {"en": np.array([980.0]), "so": np.array([2.0])})
    assert shares["en"] == pytest.approx(0.1, abs=0.001)
    assert 0.2 < shares["so"] < 0.3
