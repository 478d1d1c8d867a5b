"""One tidy shape for everything that was answered, and the one door through which it is counted."""
