"""Rounding at the bedside, and what patients told staff in passing."""
