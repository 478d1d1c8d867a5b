"""Small-number suppression with proof. Importing this package loads numpy and scipy."""

from wellheard.measures.suppression.shares import Leak, SharesShown, leaks, suppress_shares
from wellheard.measures.suppression.solver import CMS_MINIMUM, Suppression, suppress
from wellheard.measures.suppression.table import CountTable, attacker_ranges, count_table

__all__ = [
    "CMS_MINIMUM",
    "CountTable",
    "Leak",
    "SharesShown",
    "Suppression",
    "attacker_ranges",
    "count_table",
    "leaks",
    "suppress",
    "suppress_shares",
]
