"""Key drivers. Importing this package loads numpy."""

from wellheard.measures.drivers.analysis import (
    Driver,
    DriverAnalysis,
    key_drivers,
    key_drivers_by_group,
    priorities,
)
from wellheard.measures.drivers.shares import (
    explained_by_subsets,
    relative_weights,
    shapley_shares,
)

__all__ = [
    "Driver",
    "DriverAnalysis",
    "explained_by_subsets",
    "key_drivers",
    "key_drivers_by_group",
    "priorities",
    "relative_weights",
    "shapley_shares",
]
