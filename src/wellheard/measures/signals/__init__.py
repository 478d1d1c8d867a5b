"""Finding what changed, where and when, among many places at once. Loads numpy and scipy.

A place is judged against all others in the same month, so that a season, a new wording of the
questions or other people answering is not taken for something that a place did; everybody together
against their own past (``whole``).
"""

from wellheard.measures.signals.additive import Additive, additive_fit
from wellheard.measures.signals.contrasts import Contrast, contrast_within, contrasts_within
from wellheard.measures.signals.grids import Grid
from wellheard.measures.signals.levels import Bend, bends
from wellheard.measures.signals.refit import sized
from wellheard.measures.signals.rise import Rise, latest_rise
from wellheard.measures.signals.stops import Stop, latest_stop
from wellheard.measures.signals.tries import chance_of_best, mean_tail_z
from wellheard.measures.signals.whole import FEWEST_MONTHS, whole_bend

__all__ = [
    "FEWEST_MONTHS",
    "Additive",
    "Bend",
    "Contrast",
    "Grid",
    "Rise",
    "Stop",
    "additive_fit",
    "bends",
    "chance_of_best",
    "contrast_within",
    "contrasts_within",
    "latest_rise",
    "latest_stop",
    "mean_tail_z",
    "sized",
    "whole_bend",
]
