"""Small-number suppression with proof. Importing this package loads numpy and scipy."""

from wellheard.measures.suppression.solver import CMS_MINIMUM, Suppression, suppress
from wellheard.measures.suppression.table import CountTable, attacker_ranges, count_table

__all__ = [
    "CMS_MINIMUM",
    "CountTable",
    "Suppression",
    "attacker_ranges",
    "count_table",
    "suppress",
]
