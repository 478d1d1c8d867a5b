"""HCAHPS reporting: adjustment from tables, rounding, footnotes, stars, house stars."""

from wellheard.measures.hcahps.estimate import estimate_mix_table
from wellheard.measures.hcahps.house_stars import HouseStars, house_stars
from wellheard.measures.hcahps.mix import (
    MixTable,
    ModeTable,
    mix_adjustment,
    mode_adjustment,
    read_mix_table,
    read_mode_table,
    weighted_quarters,
)
from wellheard.measures.hcahps.publish import (
    HospitalReport,
    PublicMeasure,
    Quarter,
    Reporting,
    hospital_report,
    read_reporting,
)
from wellheard.measures.hcahps.stars import (
    CutPoints,
    available_cut_points,
    cut_points,
    read_cut_points,
    star_of,
    summary_star,
)

__all__ = [
    "CutPoints",
    "HospitalReport",
    "HouseStars",
    "MixTable",
    "ModeTable",
    "PublicMeasure",
    "Quarter",
    "Reporting",
    "available_cut_points",
    "cut_points",
    "estimate_mix_table",
    "hospital_report",
    "house_stars",
    "mix_adjustment",
    "mode_adjustment",
    "read_cut_points",
    "read_mix_table",
    "read_mode_table",
    "read_reporting",
    "star_of",
    "summary_star",
    "weighted_quarters",
]
