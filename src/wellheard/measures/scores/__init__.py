"""Scores of single questions: Friends and Family, satisfaction, effort; clustered bootstrap."""

from wellheard.measures.scores.friends_and_family import (
    FriendsAndFamily,
    FriendsAndFamilyUnit,
    friends_and_family,
    shown_units,
)
from wellheard.measures.scores.satisfaction import (
    Effort,
    customer_effort,
    customer_satisfaction,
)

__all__ = [
    "Effort",
    "FriendsAndFamily",
    "FriendsAndFamilyUnit",
    "customer_effort",
    "customer_satisfaction",
    "friends_and_family",
    "shown_units",
]
