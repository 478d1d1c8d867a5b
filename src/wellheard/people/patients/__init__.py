"""Who the patients are, and where they may be reached."""
