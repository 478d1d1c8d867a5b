"""Words and shapes for the screens; templates hold no logic."""
