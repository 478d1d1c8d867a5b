"""Events: what happened, kept with the change that made it, delivered at least once."""
