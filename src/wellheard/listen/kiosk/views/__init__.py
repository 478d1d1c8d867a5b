"""Pages of kiosks: those of the shared screen, and those of the staff who set it up."""
