"""CAHPS analysis as the AHRQ program 4.1 does it. Importing this package loads numpy and scipy."""

from wellheard.measures.cahps.analysis import CahpsAnalysis, EntityResult, cahps_analysis
from wellheard.measures.cahps.combine import (
    Combined,
    boxes,
    centred_composite,
    combine_strata,
    scarce_item_weights,
    smoothed_variances,
)
from wellheard.measures.cahps.contrast import StarRule
from wellheard.measures.cahps.many import ManyAnalyses, analyse_items

__all__ = [
    "CahpsAnalysis",
    "Combined",
    "EntityResult",
    "ManyAnalyses",
    "StarRule",
    "analyse_items",
    "boxes",
    "cahps_analysis",
    "centred_composite",
    "combine_strata",
    "scarce_item_weights",
    "smoothed_variances",
]
