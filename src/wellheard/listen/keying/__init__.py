"""Paper cards, keyed by staff: thirty on one screen, through the same door as all others."""
