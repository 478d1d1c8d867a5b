"""Answers to an instrument: one Response per person and occasion, singly or in bulk."""
