"""The card on a screen (walk), and cards keyed from paper (paper)."""
