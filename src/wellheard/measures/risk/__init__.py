"""Risk of an event for one person, honestly: published scores, additive models, their quality.

Each module stands alone; this front page imports nothing, so that a light caller pays for no
arrays. Scores are for planning help and for aggregate views that a clinician owns, never for a
decision that nobody reviews.
"""
