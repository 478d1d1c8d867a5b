"""What a place changed, and whether what patients say changed after it."""
