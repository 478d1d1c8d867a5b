"""How long people wait, measured and as they tell it, side by side."""
