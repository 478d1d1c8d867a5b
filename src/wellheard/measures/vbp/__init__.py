"""Hospital Value-Based Purchasing points. Light: exact decimals, no arrays."""

from wellheard.measures.vbp.cmsfile import HospitalScore, score_rows
from wellheard.measures.vbp.points import (
    DimensionScore,
    DomainScore,
    achievement_points,
    consistency_points,
    dimension_score,
    domain_score,
    improvement_points,
    redistributed_weight,
)
from wellheard.measures.vbp.standards import Dimension, Standards, available, standards

__all__ = [
    "Dimension",
    "DimensionScore",
    "DomainScore",
    "HospitalScore",
    "Standards",
    "achievement_points",
    "available",
    "consistency_points",
    "dimension_score",
    "domain_score",
    "improvement_points",
    "redistributed_weight",
    "score_rows",
    "standards",
]
