"""Predictions that somebody answers for: a card, a switch, declared uses, drift."""
