"""Composite indices with declared weights: engagement, ease, responsiveness, reputation."""
